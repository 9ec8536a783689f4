/// The version of engine, tool and C library, which are released together.
package enum EngineVersion {
  /// Without a `v` in front.
  package static let text: StaticString = "0.1.0"
}
