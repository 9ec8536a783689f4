extension ModelRun {
  /// The kind of operation that a difference was found at: another kind is another failure.
  static func kind(_ difference: String?) -> Substring? {
    difference.map { text in text.drop { $0 != "." }.prefix { $0 != "(" && $0 != ":" } }
  }

  /// As short a list as can be found that fails at the same kind of operation.
  func reduced(_ reducer: ModelReducer = ModelReducer()) -> [ModelOperation] {
    let wanted = Self.kind(difference())
    return reducer.reduce(operations) { Self.kind(with($0).difference()) == wanted }
  }
}

/// Makes a failing list of operations short: leaves out chunks of it, ever smaller ones, as long as it still fails.
struct ModelReducer {
  /// Runs at most.
  var runs = 600
  /// When to stop, whatever came of it.
  var deadline = ContinuousClock.now.advanced(by: .seconds(60))

  func reduce(
    _ operations: [ModelOperation], fails: ([ModelOperation]) -> Bool
  ) -> [ModelOperation] {
    var left = operations
    var runs = 0
    func stillFails(_ tried: [ModelOperation]) -> Bool {
      runs += 1
      return runs <= self.runs && ContinuousClock.now < deadline && fails(tried)
    }
    var size = max(1, left.count / 2)
    while true {
      var isShorter = false
      var end = left.count
      // From the end, where what came after the failure goes first.
      while end > 0 {
        let start = max(0, end - size)
        let tried = Array(left[..<start] + left[end...])
        if stillFails(tried) {
          left = tried
          isShorter = true
        }
        end = start
      }
      if runs > self.runs || ContinuousClock.now >= deadline { return left }
      if size > 1 { size /= 2 } else if !isShorter { return left }
    }
  }
}
