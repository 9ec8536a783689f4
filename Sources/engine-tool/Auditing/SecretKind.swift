import ArgumentParser

/// What masking should keep out of recordings, as far as its shape gives it away.
enum SecretKind: String, CaseIterable, Sendable {
  case email, card, bearer, jwt
}

/// Several kinds, with commas between.
struct SecretKinds: ExpressibleByArgument {
  var set: Set<SecretKind>

  static let all = SecretKinds(Set(SecretKind.allCases))
  static let names = SecretKind.allCases.map(\.rawValue).joined(separator: ",")

  init(_ set: Set<SecretKind>) { self.set = set }

  init?(argument: String) {
    set = []
    for name in argument.split(separator: ",", omittingEmptySubsequences: false) {
      guard let kind = SecretKind(rawValue: String(name)) else { return nil }
      set.insert(kind)
    }
  }

  var defaultValueDescription: String {
    SecretKind.allCases.filter(set.contains).map(\.rawValue).joined(separator: ",")
  }
}
