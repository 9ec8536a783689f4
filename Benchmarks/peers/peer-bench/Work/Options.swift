/// What the program is told on its command line.
struct Options: Sendable {
  var recordings = ""
  var work = ""
  var out = ""
  var peers: [String] = []
  var parts: [Part] = Part.allCases
  var counts: [Int] = []
  var rounds = 0
  var isQuick = false
  /// For a child: what it does, for which peer, in which round.
  var child: Phase?
  var round = 0

  /// A part of the work, as it is named on the command line and in the report.
  enum Part: String, CaseIterable, Sendable {
    case ingest, rest, play, list, delete, erase, open
  }

  /// Bytes that are sent in all, by clients at once.
  var ingestBytes: Int { isQuick ? 24 << 20 : 512 << 20 }
  var warmPlays: Int { isQuick ? 60 : 500 }
  var coldPlays: Int { isQuick ? 15 : 100 }
  var listings: Int { isQuick ? 10 : 50 }
  var erasures: Int { isQuick ? 2 : 5 }
  var tinyPlays: Int { isQuick ? 100 : 400 }

  static let usage = """
    peer-bench: SegmentEngine beside other stores, on the same recordings, in one run
      --recordings DIR   recordings (default: Samples/recordings of the project)
      --work DIR         where stores are made and removed (default: .build-peers/work)
      --out DIR          where report.json, report.md and the charts go (default: none are written)
      --peers a,b,c      only these
      --parts a,b,c      of ingest, rest, play, list, delete, erase, open (default: all)
      --counts a,b,c     sessions in the stores of the part open (default: 1000,100000,1000000)
      --rounds N         rounds; peers take turns in each (default: 5)
      --quick            small numbers, to see that it works; 1 round, 1,000 and 10,000 sessions
    """

  init(_ arguments: [String]) throws {
    var left = arguments[...]
    func value(_ flag: String) throws -> String {
      guard let value = left.popFirst(), !value.isEmpty else { throw BenchError("\(flag) needs a value; see --help") }
      return value
    }
    func number(_ flag: String, _ text: String, _ range: ClosedRange<Int>) throws -> Int {
      guard let number = Int(text), range.contains(number) else {
        throw BenchError("\(flag) \(text): a number from \(range.lowerBound) to \(range.upperBound) is expected")
      }
      return number
    }
    func list(_ text: String) -> [String] { text.split(separator: ",").map(String.init) }
    while let flag = left.popFirst() {
      switch flag {
      case "--recordings": recordings = try value(flag)
      case "--work": work = try value(flag)
      case "--out": out = try value(flag)
      case "--peers": peers = list(try value(flag)).map(PeerList.key)
      case "--parts":
        parts = try list(try value(flag)).map { name in
          guard let part = Part(rawValue: name) else {
            throw BenchError("--parts \(name): of \(Part.allCases.map(\.rawValue).joined(separator: ", "))")
          }
          return part
        }
      case "--counts":
        counts = try list(try value(flag)).map { try number(flag, $0, 100...1_000_000) }.sorted()
      case "--rounds": rounds = try number(flag, try value(flag), 1...100)
      case "--quick": isQuick = true
      case "--child":
        let text = try value(flag)
        guard let phase = Phase(text) else { throw BenchError("there is no phase \(text)") }
        child = phase
      case "--round": round = try number(flag, try value(flag), 0...100)
      default: throw BenchError("\(flag) is not an option; see --help")
      }
    }
    if rounds == 0 { rounds = isQuick ? 1 : 5 }
    if counts.isEmpty { counts = isQuick ? [1_000, 10_000] : [1_000, 100_000, 1_000_000] }
  }
}
