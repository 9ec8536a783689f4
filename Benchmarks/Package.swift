// swift-tools-version: 6.2
import PackageDescription

/// As in the engine's own package.
var common: [SwiftSetting] = [
  .swiftLanguageMode(.v6),
  .enableUpcomingFeature("ExistentialAny"),
  .enableUpcomingFeature("MemberImportVisibility"),
  .enableUpcomingFeature("InternalImportsByDefault"),
  .enableUpcomingFeature("NonisolatedNonsendingByDefault"),
]
if Context.environment["SEGMENT_WARNINGS_AS_ERRORS"] != nil { common.append(.treatAllWarnings(as: .error)) }
let strict = common + [.strictMemorySafety()]

/// The engine beside other stores. A package of its own: it uses the engine's public interface alone, and libraries
/// that nobody needs who builds the engine.
let package = Package(
  name: "SegmentBenchmarks",
  platforms: [.macOS("26.0")],
  products: [.executable(name: "peer-bench", targets: ["peer-bench"])],
  dependencies: [.package(name: "SegmentEngine", path: "..")],
  targets: [
    .systemLibrary(
      name: "CRocksDB", path: "peers/System/CRocksDB", pkgConfig: "rocksdb",
      providers: [.apt(["librocksdb-dev"]), .brew(["rocksdb"])]),
    .systemLibrary(
      name: "CSQLite", path: "peers/System/CSQLite", pkgConfig: "sqlite3",
      providers: [.apt(["libsqlite3-dev"]), .brew(["sqlite"])]),
    .systemLibrary(
      name: "CSnappy", path: "peers/System/CSnappy", pkgConfig: "snappy",
      providers: [.apt(["libsnappy-dev"]), .brew(["snappy"])]),
    .systemLibrary(
      name: "CZstd", path: "peers/System/CZstd", pkgConfig: "libzstd",
      providers: [.apt(["libzstd-dev"]), .brew(["zstd"])]),
    .systemLibrary(
      name: "CZlib", path: "peers/System/CZlib", pkgConfig: "zlib",
      providers: [.apt(["zlib1g-dev"]), .brew(["zlib"])]),
    .systemLibrary(
      name: "CLZ4", path: "peers/System/CLZ4", pkgConfig: "liblz4",
      providers: [.apt(["liblz4-dev"]), .brew(["lz4"])]),
    .target(name: "CPeerShims", path: "peers/Shims"),
    .target(
      name: "Peers",
      dependencies: [
        "CRocksDB", "CSQLite", "CSnappy", "CZstd", "CZlib", "CPeerShims",
        .product(name: "SegmentEngine", package: "SegmentEngine"),
      ],
      path: "peers/Peers", swiftSettings: strict),
    .executableTarget(
      name: "peer-bench", dependencies: ["Peers", "CPeerShims", "CZstd", "CLZ4"], path: "peers/peer-bench",
      swiftSettings: strict),
    .executableTarget(
      name: "peer-check", dependencies: ["Peers"], path: "peers/peer-check", swiftSettings: strict),
    .testTarget(
      name: "PeerBenchTests", dependencies: ["peer-bench", "Peers"], path: "peers/peer-bench-tests",
      swiftSettings: strict),
  ]
)
