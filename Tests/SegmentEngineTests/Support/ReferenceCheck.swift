import SegmentEngine
import Testing

/// Reads a session in every way and holds that against a reference.
struct ReferenceCheck {
  /// A block's range is that of its plausible events and no wider. Where blocks were cut anew, an implausible timestamp
  /// that lay in the range of its former block counts as plausible.
  var isExact = true

  func check(
    _ store: ReplayStore, _ key: SessionKey, _ reference: ReferenceSession, _ random: inout RandomSession,
    _ what: String
  ) async throws {
    let ranges = try await store.byteRanges(in: key)
    let units = reference.units(ranges)
    checkCoverage(units, ranges, reference, what)
    let low = reference.start ?? Sample.base
    let high = max(reference.end ?? low, low + 1)
    for _ in 0..<3 {
      let window: String? = random.random(0...1) == 0 ? nil : random.pick(random.windows + ["none"])
      var times: [Range<Double>?] = [nil]
      for _ in 0..<2 {
        let a = low + (high - low) * Double(random.random(-5...105)) / 100
        let b = a + (high - low) * Double(random.random(0...60)) / 100
        times.append(a..<b)
      }
      times.append(random.pick([0..<1e16, low..<high, 0..<low, high..<1e16, low..<low]))
      for time in times {
        for order in [EventOrder.arrival, .time] {
          let read = try await store.events(in: key, time: time.map(range), window: window, order: order).all()
          let expected = reference.events(units, time: time, window: window, sorted: order == .time)
          #expect(read.gaps.isEmpty)
          let asked = "\(what): events, \(order), \(time.debugDescription), window \(window ?? "all")"
          expectSame(read.lines, expected, asked)
          #expect(read.events.allSatisfy { reference.events[Int($0.sequence)].window == $0.window }, "\(what)")
          #expect(zip(read.events, read.lines).allSatisfy { reference.events[Int($0.sequence)].line == $1 }, "\(what)")
        }
      }
      let moments: [PlaybackTime] = [
        .start, .at(.init(millisecondsSince1970: low + (high - low) * Double(random.random(-10...110)) / 100)),
        .at(.init(millisecondsSince1970: random.pick(reference.events).timestamp)),
        .offset(milliseconds: ((high - low) * Double(random.random(0...100)) / 100).rounded()),
      ]
      for moment in moments {
        let read = try await store.playback(of: key, at: moment, window: window).all()
        let time: Double? =
          switch moment {
          case .start: nil
          case .at(let stamp): stamp.millisecondsSince1970
          case .offset(let milliseconds): (units.compactMap(\.range?.lowerBound).min() ?? 0) + milliseconds
          }
        let expected = reference.playback(units, at: time, window: window)
        expectSame(read.lines, expected.lines, "\(what): playback at \(moment), window \(window ?? "all")")
        #expect(
          read.gaps.map(\.reason) == (expected.notice.map { [$0] } ?? []),
          "\(what): playback at \(moment), window \(window ?? "all")")
      }
    }
  }

  /// Blocks and batches hold all events once, and their ranges are those of their plausible events, rounded outward.
  private func checkCoverage(
    _ units: [ReferenceSession.Unit], _ ranges: ByteRanges, _ reference: ReferenceSession, _ what: String
  ) {
    var next: UInt64 = 0
    for unit in units {
      #expect(unit.sequences.lowerBound == next, "\(what)")
      next = unit.sequences.upperBound
    }
    #expect(next == UInt64(reference.events.count), "\(what)")
    for (block, unit) in zip(ranges.blocks, units) {
      let events = reference.events[Int(unit.sequences.lowerBound)..<Int(unit.sequences.upperBound)]
      let times = events.filter(\.isPlausible).map(\.timestamp)
      if isExact {
        #expect(block.time?.lowerBound.millisecondsSince1970 == times.min()?.rounded(.down), "\(what)")
        #expect(block.time?.upperBound.millisecondsSince1970 == times.max()?.rounded(.up), "\(what)")
      } else {
        let range = block.time.map { $0.lowerBound.millisecondsSince1970...$0.upperBound.millisecondsSince1970 }
        #expect(times.allSatisfy { range?.contains($0) ?? false }, "\(what)")
      }
      #expect(block.keyframes == events.count { $0.isSnapshot }, "\(what)")
      #expect(block.rawLength == events.reduce(0) { $0 + $1.line.utf8.count + 1 }, "\(what)")
    }
  }

  private func expectSame(_ found: [String], _ expected: [String], _ what: String) {
    if found == expected { return }
    let place = zip(found, expected).enumerated().first { $1.0 != $1.1 }?.offset ?? min(found.count, expected.count)
    Issue.record(
      """
      \(what): \(found.count) events, expected \(expected.count); they differ at \(place):
      \(found.dropFirst(place).first?.suffix(60) ?? "the end") instead of \(expected.dropFirst(place).first?.suffix(60) ?? "the end")
      """)
  }

  private func range(_ time: Range<Double>) -> Range<Timestamp> {
    Timestamp(millisecondsSince1970: time.lowerBound)..<Timestamp(millisecondsSince1970: time.upperBound)
  }
}
