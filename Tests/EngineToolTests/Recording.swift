import Foundation

/// A recording made by hand: two windows, events out of order, timestamps that cannot be right, unknown types.
enum Recording {
  /// 2026-11-18T11:06:40Z.
  static let start = 1_795_000_000_000

  static let first = [
    #"{"type":4,"data":{"href":"https://shop.test/a?x=1","width":800,"height":600},"timestamp":1795000000000}"#,
    #"{"type":2,"data":{"node":{"type":0,"childNodes":[],"id":1},"initialOffset":{"left":0,"top":0}},"timestamp":1795000000005}"#,
    #"{"type":3,"data":{"source":2,"type":2,"id":1,"x":1,"y":2},"timestamp":1795000002000.5}"#,
    #"{"timestamp":1795000001500, "type":3,"data":{"source":1,"positions":[]}}"#,
    #"{"type":5,"data":{"tag":"späť \u00e9 \"q\"","payload":{}},"timestamp":1795000003}"#,
    #"{"type":6,"data":{"plugin":"rrweb/console@1","payload":{"level":"error","payload":["x"]}},"timestamp":1795000004000}"#,
    #"{"type":99,"data":null,"timestamp":1795000005000,"extra":[1,2,{"a":"b"}]}"#,
    #"{"type":4,"data":{"href":"https://shop.test/b","width":800,"height":600},"timestamp":1795000059990}"#,
    #"{"type":2,"data":{"node":{"type":0,"childNodes":[],"id":2},"initialOffset":{"left":0,"top":0}},"timestamp":1795000060000}"#,
    #"{"type":3,"data":{"source":0,"texts":[],"attributes":[],"removes":[],"adds":[]},"timestamp":1795000061000}"#,
  ]

  static let second = [
    #"{"type":4,"data":{"href":"https://shop.test/c","width":640,"height":480},"timestamp":1795000010000}"#,
    #"{"type":2,"data":{"node":{"type":0,"childNodes":[],"id":1},"initialOffset":{"left":0,"top":0}},"timestamp":1795000010010}"#,
    #"{"type":3,"data":{"source":5,"text":"*","isChecked":false,"id":3},"timestamp":1795000012000}"#,
    #"{"type":3,"data":{"source":3,"id":1,"x":0,"y":7},"timestamp":8640000000000000}"#,
  ]

  /// Windows in turn, as the batches list has them.
  static let arrival = Array(first[0..<6] + second + first[6...])

  static let batches = #"""
    {"session":"hand-1","windows":[{"window":"w1","file":"hand-1.w1.ndjson"},{"window":"w2","file":"hand-1.w2.ndjson"}],
     "batches":[
      {"receive_ms":1795000005100,"window":"w1","first_line":0,"lines":6},
      {"receive_ms":1795000012100,"window":"w2","first_line":0,"lines":4},
      {"receive_ms":1795000012200,"window":"w1","first_line":6,"lines":1},
      {"receive_ms":1795000061100,"window":"w1","first_line":7,"lines":3}]}
    """#

  static func text(_ lines: some Sequence<String>) -> String { lines.map { $0 + "\n" }.joined() }

  /// Writes the recording's files and imports them into `store`.
  @discardableResult
  static func importAll(_ tool: ToolProcess, into store: String = "store", _ options: String...) throws
    -> ToolProcess.Result
  {
    try tool.write(text(first), to: "hand-1.w1.ndjson")
    try tool.write(text(second), to: "hand-1.w2.ndjson")
    try tool.write(batches, to: "hand-1.batches.json")
    return try tool.run(
      ["import", store, "hand-1.w1.ndjson", "hand-1.w2.ndjson", "--batches", "hand-1.batches.json"] + options)
  }
}
