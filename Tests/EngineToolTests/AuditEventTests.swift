import SegmentEngine
import Testing

@testable import engine_tool

@Suite("What the audit finds in events")
struct AuditEventTests {
  private func treatment(_ kind: UInt8) -> EventTreatment { EventTreatment(EventKind(rawValue: kind)) }

  private func look(_ audit: inout EventAudit, _ kind: UInt8, _ line: String, window: String = "") -> [String] {
    var found: [String] = []
    audit.look(at: LenientJSONReader(Array(line.utf8)), treatment(kind), window: window) {
      found.append("\($0.page) | \($0.path) | \($0.place) | \($0.secret.kind)")
    }
    return found
  }

  private func look(_ kind: UInt8, _ line: String) -> [String] {
    var audit = EventAudit(SecretSearch.everything)
    return look(&audit, kind, line)
  }

  @Test("Paths are found in whatever order a recorder writes its keys")
  func order() {
    let text = #"{"textContent":"a@b.co","id":4,"type":3}"#
    let node =
      #"{"id":3,"childNodes":[\#(text)],"attributes":{"class":"z","name":"n","id":"i"},"tagName":"p","type":2}"#
    let line = #"{"data":{"node":{"childNodes":[\#(node)],"id":1,"type":0}},"timestamp":1,"type":2}"#
    #expect(look(2, line) == ["- | p#i | text | email"])
    let style = #"{"childNodes":[\#(text)],"id":3,"tagName":"style","type":2}"#
    #expect(look(2, #"{"type":2,"data":{"node":\#(style)}}"#) == [])
  }

  @Test("A node that moved is found where it is now, in its own window")
  func moves() {
    var audit = EventAudit(SecretSearch.everything)
    let page =
      #"{"type":2,"tagName":"body","attributes":{},"id":1,"childNodes":["#
      + #"{"type":2,"tagName":"nav","attributes":{},"id":2,"childNodes":[{"type":2,"tagName":"b","id":4,"childNodes":[]}]},"#
      + #"{"type":2,"tagName":"ul","attributes":{},"id":3,"childNodes":[]}]}"#
    for window in ["a", "b"] {
      #expect(look(&audit, 4, #"{"type":4,"data":{"href":"https://x.test/\#(window)"}}"#, window: window) == [])
      #expect(look(&audit, 2, #"{"type":2,"data":{"node":\#(page)}}"#, window: window) == [])
    }
    let move =
      #"{"type":3,"data":{"source":0,"adds":[{"parentId":3,"node":{"type":2,"tagName":"b","attributes":{"id":"x"},"#
      + #""childNodes":[],"id":4}}],"removes":[{"id":4,"parentId":2}],"texts":[],"attributes":[]}}"#
    #expect(look(&audit, 16, move, window: "a") == [])
    let input = #"{"type":3,"data":{"source":5,"text":"a@b.co","id":4}}"#
    #expect(look(&audit, 21, input, window: "a") == ["https://x.test/a | body > ul > b#x | input | email"])
    #expect(look(&audit, 21, input, window: "b") == ["https://x.test/b | body > nav > b | input | email"])
    #expect(look(&audit, 21, input, window: "c") == ["- | ? | input | email"])
    let rename = #"{"type":3,"data":{"source":0,"attributes":[{"attributes":{"id":null,"class":"k l"},"id":4}]}}"#
    #expect(look(&audit, 16, rename, window: "a") == [])
    #expect(look(&audit, 21, input, window: "a") == ["https://x.test/a | body > ul > b.k | input | email"])
    let gone = #"{"type":3,"data":{"source":0,"removes":[{"id":4,"parentId":3}]}}"#
    #expect(look(&audit, 16, gone, window: "a") == [])
    #expect(look(&audit, 21, input, window: "a") == ["https://x.test/a | ? | input | email"])
    #expect(audit.counts.unreadable == 0 && audit.counts.packed == 0)
  }

  @Test("At most four levels are shown, and a page of a hundred thousand levels is none too deep")
  func depth() {
    let levels = 100_000
    let line =
      #"{"type":2,"data":{"node":"#
      + (0..<levels).map { #"{"type":2,"tagName":"t\#($0 % 100)","attributes":{},"id":\#($0 + 1),"childNodes":["# }
      .joined()
      + #"{"type":3,"textContent":"a@b.co","id":\#(levels + 1)}"# + String(repeating: "]}", count: levels) + "}}"
    #expect(look(2, line) == ["- | t96 > t97 > t98 > t99 | text | email"])
  }

  @Test("Parents in a circle end a path")
  func circle() {
    var audit = EventAudit(SecretSearch.everything)
    let add = #"{"parentId":2,"node":{"type":3,"id":1}},{"parentId":1,"node":{"type":3,"id":2}}"#
    #expect(look(&audit, 16, #"{"type":3,"data":{"source":0,"adds":[\#(add)]}}"#) == [])
    #expect(look(&audit, 21, #"{"type":3,"data":{"text":"a@b.co","id":2}}"#) == ["- | ? | input | email"])
  }

  @Test("JSON in JSON is looked into, and what only begins like it is read as it is")
  func nested() {
    let event = { (payload: String) in #"{"type":5,"data":{"tag":"t","payload":\#(payload)}}"# }
    #expect(look(5, event(#""{\"a\":[{\"b\":\"a\\u0040b.co\"}]}""#)) == ["- | t: payload.a[].b | custom | email"])
    #expect(look(5, event(#""[x] a@b.co""#)) == ["- | t: payload | custom | email"])
    #expect(look(5, event(#""{\"a\":\"a@b.co\"} and c@d.org""#)).count == 2)
    #expect(look(5, event(#"[[["a@b.co"]]]"#)) == ["- | t: payload[][][] | custom | email"])
    #expect(look(5, event(#"{"n":4111111111111111,"id":4111111111111111}"#)) == ["- | t: payload.n | custom | card"])
    #expect(look(5, #"{"type":5,"data":{"tag":"a@b.co","payload":1}}"#) == ["- | *: tag | custom | email"])
  }

  @Test("A token that stands in the page or the path as well is shown in neither")
  func tokenInPlace() {
    let token = "qwertyuiopasdfgh"
    var audit = EventAudit(SecretSearch.everything)
    #expect(look(&audit, 4, #"{"type":4,"data":{"href":"https://x.test/\#(token)/a"}}"#) == [])
    let line = #"{"type":5,"data":{"tag":"t","payload":{"\#(token)":"Bearer \#(token)"}}}"#
    #expect(look(&audit, 5, line) == ["* | * | custom | bearer"])
  }

  @Test("Packed, unknown and unreadable events are counted")
  func counts() {
    var audit = EventAudit(SecretSearch.everything)
    #expect(look(&audit, 8, #""x""#) == [])
    #expect(look(&audit, 2, #"{"type":2,"data":"gz","cv":"2024-10"}"#) == [])
    #expect(
      look(&audit, 16, #"{"type":3,"data":{"source":0,"texts":"gz","adds":"gz","attributes":[],"removes":[]}}"#) == [])
    #expect(audit.counts.packed == 3 && audit.counts.unknown == 0 && audit.counts.unreadable == 0)
    #expect(look(&audit, 9, #"{"type":99,"data":null,"extra":["a@b.co"]}"#) == ["- | extra[] | other | email"])
    #expect(look(&audit, 63, #"{"type":3,"data":{"source":77,"x":"a@b.co"}}"#) == ["- | data.x | other | email"])
    #expect(audit.counts.unknown == 2 && audit.counts.unreadable == 0)
    for line in ["", "5", "{", #"{"data":"#, #"{"data":{"node":{"childNodes":[{]}}"#] {
      #expect(look(&audit, 2, line) == [])
    }
    #expect(audit.counts.unreadable == 5 && audit.counts.events == 10)
    #expect(look(&audit, 17, "{") == [])
    #expect(audit.counts.unreadable == 5)
  }

  @Test("Changed bytes trap nothing and show nothing", arguments: 0..<24 as Range<UInt64>)
  func changed(_ seed: UInt64) {
    AuditFuzz.run(seed: seed)
  }
}
