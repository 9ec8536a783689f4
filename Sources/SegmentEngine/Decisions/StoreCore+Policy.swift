internal import Logging
internal import SegmentFiles

/// The policy of a catalog state, read once for each version of its document.
final class PolicyCache: Sendable {
  private struct Known {
    var document: PolicyDocument
    var policy: Policy
  }

  private let known = Lock<Known?>(nil)

  /// The policy in force. With none set everything is kept 30 days. A document that cannot be read, since a newer tool
  /// wrote it, lets nothing go: what is dropped cannot be brought back.
  func policy(of state: CatalogState, _ logger: Logger?) -> Policy {
    guard let document = state.policy else { return .keepAll }
    if let found = known.withLock({ $0 }), found.document == document { return found.policy }
    let policy: Policy
    do throws(StoreError) { policy = try Policy(json: document.json) } catch {
      logger?.error("the policy cannot be read; everything is kept", metadata: ["error": "\(error)"])
      var keeping = Policy.keepAll
      keeping.otherwise.retention = .forever
      policy = keeping
    }
    known.withLock { $0 = Known(document: document, policy: policy) }
    return policy
  }
}

extension StoreCore {
  /// The policy in force as a process knows it now.
  var policy: Policy { policy(of: contents.withLock { $0.catalog }) }

  func policy(of state: CatalogState) -> Policy { policies.policy(of: state, logger) }
}

extension Policy {
  /// The longest that any rule keeps a session, days; ten years where one keeps them for ever.
  var longestRetentionDays: Int {
    (rules + [otherwise]).map(\.retention.daysOrTenYears).max() ?? 30
  }

  /// Whether the store, or one of its projects, has a limit of bytes.
  var hasBudget: Bool { budgetBytes != nil || !projectBudgets.isEmpty }

  /// The rule of a name; nil where the policy has none, or no longer.
  func rule(named name: String) -> Rule? {
    if name == otherwise.name { return otherwise }
    return rules.first { $0.name == name }
  }
}

extension Policy.Retention {
  fileprivate var daysOrTenYears: Int {
    switch self {
    case .days(let days): days
    case .forever: 3_650
    }
  }

  /// The day from whose start on a session last received at `time` may go; 0: never.
  func expiryDay(received time: Double) -> UInt32 {
    switch self {
    case .days(let days): Day.expiry(received: time, days: days)
    case .forever: 0
    }
  }
}
