// swift-tools-version: 6.2
import PackageDescription

/// Settings every Swift target of the project is compiled with.
/// Warnings become errors in Scripts/test alone, not here: a package that did it here would stop
/// building with the next compiler's new warnings.
var common: [SwiftSetting] = [
  .swiftLanguageMode(.v6),
  .enableUpcomingFeature("ExistentialAny"),
  .enableUpcomingFeature("MemberImportVisibility"),
  .enableUpcomingFeature("InternalImportsByDefault"),
  .enableUpcomingFeature("NonisolatedNonsendingByDefault"),
]
if Context.environment["SEGMENT_WARNINGS_AS_ERRORS"] != nil { common.append(.treatAllWarnings(as: .error)) }
/// Everything but what calls C functions in every line, where each would be marked and no mark would say anything.
let strict = common + [.strictMemorySafety()]

let package = Package(
  name: "SegmentEngine",
  platforms: [.macOS("26.0")],
  products: [
    .library(name: "SegmentEngine", targets: ["SegmentEngine"]),
    .library(name: "segment_engine", type: .dynamic, targets: ["SegmentEngineC"]),
    .executable(name: "engine-tool", targets: ["engine-tool"]),
  ],
  dependencies: [
    .package(url: "https://github.com/apple/swift-argument-parser", from: "1.5.0"),
    .package(url: "https://github.com/apple/swift-collections", from: "1.1.0"),
    .package(url: "https://github.com/apple/swift-log", from: "1.6.0"),
    .package(url: "https://github.com/apple/swift-metrics", from: "2.5.0"),
  ],
  targets: [
    .systemLibrary(
      name: "CSegmentZstd", pkgConfig: "libzstd", providers: [.apt(["libzstd-dev"]), .brew(["zstd"])]),
    .systemLibrary(
      name: "CSegmentLZ4", pkgConfig: "liblz4", providers: [.apt(["liblz4-dev"]), .brew(["lz4"])]),
    .systemLibrary(
      name: "CSegmentZlib", pkgConfig: "zlib", providers: [.apt(["zlib1g-dev"]), .brew(["zlib"])]),
    .target(name: "CSegmentShims"),
    .target(name: "SegmentScanner", dependencies: ["CSegmentShims"], swiftSettings: strict),
    .target(
      name: "SegmentCodecs", dependencies: ["CSegmentShims", "CSegmentZstd", "CSegmentLZ4"],
      swiftSettings: strict),
    .target(name: "SegmentFiles", dependencies: ["CSegmentShims"], swiftSettings: strict),
    .target(
      name: "SegmentEngine",
      dependencies: [
        "SegmentScanner", "SegmentCodecs", "SegmentFiles", "CSegmentShims",
        .product(name: "DequeModule", package: "swift-collections"),
        .product(name: "Logging", package: "swift-log"),
        .product(name: "CoreMetrics", package: "swift-metrics"),
      ],
      swiftSettings: strict),
    .target(name: "CSegmentEngine", exclude: ["exports.map"]),
    .target(
      name: "SegmentEngineC", dependencies: ["CSegmentEngine", "SegmentEngine", "SegmentFiles"],
      swiftSettings: strict),
    .executableTarget(
      name: "engine-tool",
      dependencies: [
        "SegmentEngine", "SegmentCodecs", "CSegmentZstd", "CSegmentLZ4", "CSegmentZlib",
        .product(name: "ArgumentParser", package: "swift-argument-parser"),
        .product(name: "Logging", package: "swift-log"),
      ],
      swiftSettings: strict),
    .executableTarget(
      name: "segment-bench",
      dependencies: [
        "SegmentEngine", "SegmentScanner", "SegmentCodecs", "SegmentFiles", "CSegmentZstd", "CSegmentLZ4",
      ],
      path: "Benchmarks/segment-bench", swiftSettings: strict),
    .executableTarget(
      name: "segment-guard", dependencies: ["SegmentEngine", "SegmentScanner", "SegmentCodecs", "SegmentFiles"],
      path: "Benchmarks/segment-guard", swiftSettings: strict),
    .target(
      name: "SegmentTestSupport", dependencies: ["SegmentEngine", "SegmentFiles"],
      path: "Tests/SegmentTestSupport", swiftSettings: strict),
    .executableTarget(
      name: "segment-test-child", dependencies: ["SegmentEngine", "SegmentFiles"], path: "Tests/SegmentTestChild",
      swiftSettings: strict),
    .testTarget(
      name: "SegmentScannerTests", dependencies: ["SegmentScanner", "CSegmentShims"], swiftSettings: strict),
    .testTarget(name: "SegmentCodecsTests", dependencies: ["SegmentCodecs"], swiftSettings: strict),
    .testTarget(
      name: "SegmentFilesTests",
      dependencies: ["SegmentFiles", "SegmentTestSupport", "segment-test-child"],
      swiftSettings: strict),
    .testTarget(
      name: "SegmentEngineTests",
      dependencies: [
        "SegmentEngine", "SegmentCodecs", "SegmentFiles", "SegmentTestSupport", "segment-test-child",
        .product(name: "CoreMetrics", package: "swift-metrics"),
        .product(name: "MetricsTestKit", package: "swift-metrics"),
      ],
      exclude: ["Crash/operation-order.txt"], swiftSettings: strict),
    .testTarget(
      name: "EngineToolTests",
      dependencies: ["SegmentEngine", "SegmentCodecs", "SegmentTestSupport", "engine-tool", "segment-test-child"],
      swiftSettings: strict),
    .testTarget(
      name: "CInterfaceTests", dependencies: ["CSegmentEngine", "SegmentEngineC", "SegmentTestSupport"],
      swiftSettings: common),
  ]
)

// For Scripts/docs alone: who uses the package need not fetch what only its documentation is made with.
if Context.environment["SEGMENT_DOCC"] != nil {
  package.dependencies.append(.package(url: "https://github.com/swiftlang/swift-docc-plugin", from: "1.4.0"))
}

// For Scripts/fuzz alone: the fuzzer brings its own main function, so these would not link in an ordinary build. Part of this
// package, not one of their own, because they reach for what is internal to the engine.
if Context.environment["SEGMENT_FUZZ"] != nil {
  package.targets.append(
    .executableTarget(
      name: "segment-fuzz", dependencies: ["SegmentEngine", "SegmentScanner", "SegmentCodecs", "SegmentFiles"],
      path: "Fuzz/segment-fuzz", swiftSettings: strict + [.unsafeFlags(["-parse-as-library"])]))
}
