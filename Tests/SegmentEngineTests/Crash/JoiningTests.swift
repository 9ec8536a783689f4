import SegmentFiles
import SegmentTestSupport
import Testing

@testable import SegmentEngine

/// Found by random lives (seed 6000210): recovery found a session in a journal that held only a tag of it, took it for
/// all there is of the session, and gave its next events the sequences of those in its pack; batch IDs in the pack were
/// forgotten too.
@Suite struct JoiningTests {
  @Test func aSessionThatHasOnlyATagInTheJournalGoesOnBehindItsPacksAfterARestart() throws {
    let disk = SimulatedDisk(seed: 21)
    let store = SimulatedStore(disk, seed: 21)
    var life = ScriptedLife(store)
    var writer = try store.openWriter()
    try life.append(writer, [(ScriptedLife.first, 5)])
    try life.flush(writer)
    try life.tag(writer, ScriptedLife.first, ["plan": "pro"])
    try writer.close()
    writer = try store.openWriter(2)
    try life.resend(writer)
    try life.append(writer, [(ScriptedLife.first, 4)])
    #expect(try life.oracle.problem(in: writer.core) == nil)
    try life.flush(writer)
    #expect(try life.oracle.problem(in: writer.core) == nil)
    #expect(try writer.core.verified(deep: true).findings.isEmpty)
    try writer.close()
  }
}
