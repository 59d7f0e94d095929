// swift-tools-version: 6.3
import PackageDescription

let strict: [SwiftSetting] = [
  .strictMemorySafety(), .treatAllWarnings(as: .error),
  .enableUpcomingFeature("ExistentialAny"), .enableUpcomingFeature("InternalImportsByDefault"),
  .enableUpcomingFeature("MemberImportVisibility"),
]
let strictC: [CSetting] = [.unsafeFlags(["-Wall", "-Wextra", "-Werror"])]

let nioCore = Target.Dependency.product(name: "NIOCore", package: "swift-nio")
let nioPosix = Target.Dependency.product(name: "NIOPosix", package: "swift-nio")
let argumentParser = Target.Dependency.product(
  name: "ArgumentParser",
  package: "swift-argument-parser"
)

/// What flows through the program: a scan enters at Acquisition and leaves at Publishing.
///
/// Each module may import those named here and nothing else of ours.
let modules: [Target] = [
  .target(name: "CLinux", cSettings: strictC),
  .systemLibrary(
    name: "CLibUSB",
    pkgConfig: "libusb-1.0",
    providers: [.apt(["libusb-1.0-0-dev"])]
  ),
  .systemLibrary(
    name: "CSQLite",
    pkgConfig: "sqlite3",
    providers: [.apt(["libsqlite3-dev"])]
  ),
  .systemLibrary(
    name: "CSystemd",
    pkgConfig: "libsystemd",
    providers: [.apt(["libsystemd-dev"])]
  ),
  .target(name: "Int8Kernels", cSettings: strictC),
  .target(name: "Spectra", swiftSettings: strict),
  .target(name: "Chemometrics", dependencies: ["Spectra"], swiftSettings: strict),
  .target(
    name: "QuantizedNetwork",
    dependencies: [
      "Spectra", "Int8Kernels", .product(name: "SwiftProtobuf", package: "swift-protobuf"),
    ],
    exclude: ["Model/onnx.proto"],
    swiftSettings: strict
  ),
  .target(
    name: "Acquisition",
    dependencies: ["Spectra", "CLinux", "CLibUSB"],
    swiftSettings: strict
  ),
  .target(name: "Streaming", dependencies: ["Spectra", "CLinux"], swiftSettings: strict),
  .target(name: "Store", dependencies: ["Spectra", "CSQLite"], swiftSettings: strict),
  .target(name: "LocalSockets", swiftSettings: strict),
  .target(
    name: "Varlink",
    dependencies: ["Spectra", "LocalSockets", nioCore, nioPosix],
    resources: [.embedInCode("Interface/io.spectrad.varlink")],
    swiftSettings: strict
  ),
  .target(
    name: "Publishing",
    dependencies: ["Spectra", "LocalSockets", nioCore, nioPosix],
    swiftSettings: strict
  ),
  .target(
    name: "Service",
    dependencies: [
      "Spectra", "Chemometrics", "QuantizedNetwork", "Acquisition", "Streaming", "Publishing",
      "Store", "Varlink", "LocalSockets", "CLinux", "CSystemd", nioCore, nioPosix,
      .product(name: "Configuration", package: "swift-configuration"),
      .product(name: "Crypto", package: "swift-crypto"),
      .product(name: "Histogram", package: "hdrhistogram-swift"),
      .product(name: "Logging", package: "swift-log"),
      .product(name: "ServiceLifecycle", package: "swift-service-lifecycle"),
      .product(name: "SystemPackage", package: "swift-system"),
      .product(name: "UnixSignals", package: "swift-service-lifecycle"),
    ],
    swiftSettings: strict
  ),
]

let programs: [Target] = [
  .executableTarget(
    name: "spectrad",
    dependencies: ["Service", "Spectra", argumentParser],
    swiftSettings: strict
  ),
  .executableTarget(
    name: "spectractl",
    dependencies: [
      "Service", "Spectra", "Chemometrics", "QuantizedNetwork", "Publishing", "Acquisition",
      "Varlink", argumentParser,
    ],
    swiftSettings: strict
  ),
  .executableTarget(
    name: "spectrasim",
    dependencies: ["Spectra", nioCore, nioPosix, argumentParser],
    path: "simulator",
    swiftSettings: strict
  ),
]

let benchmarks: [Target] = [
  .executableTarget(
    name: "benchmarks",
    dependencies: ["Chemometrics", "Spectra"],
    path: "Benchmarks",
    exclude: ["Network"],
    swiftSettings: strict
  )
]

func tests(_ name: String, _ dependencies: [Target.Dependency]) -> Target {
  .testTarget(name: name, dependencies: dependencies, swiftSettings: strict)
}

let allTests: [Target] = [
  .target(name: "CAllocationCounter", path: "Tests/CAllocationCounter", cSettings: strictC),
  tests("SpectraTests", ["Spectra"]),
  tests("ChemometricsTests", ["Chemometrics", "Spectra", "CAllocationCounter"]),
  tests(
    "QuantizedNetworkTests",
    ["QuantizedNetwork", "Int8Kernels", "Spectra", "CAllocationCounter"]
  ),
  .systemLibrary(
    name: "CUMockdev",
    path: "Tests/CUMockdev",
    pkgConfig: "umockdev-1.0",
    providers: [.apt(["libumockdev-dev", "libglib2.0-dev", "umockdev"])]
  ),
  .executableTarget(
    name: "usbmock",
    dependencies: ["CUMockdev"],
    path: "Tests/USBMock",
    cSettings: strictC
  ),
  .executableTarget(
    name: "usbtrial",
    dependencies: ["Acquisition", "Spectra", "CAllocationCounter"],
    path: "Tests/USBTrial",
    swiftSettings: strict
  ),
  tests(
    "AcquisitionTests",
    ["Acquisition", "Spectra", "CAllocationCounter", "usbmock", "usbtrial"]
  ),
  tests("StreamingTests", ["Streaming", "Spectra", "CAllocationCounter"]),
  .executableTarget(
    name: "storetrial",
    dependencies: ["Store", "Spectra"],
    path: "Tests/StoreTrial",
    swiftSettings: strict
  ),
  tests("StoreTests", ["Store", "Spectra", "storetrial"]),
  .target(name: "VarlinkSchema", path: "Tests/VarlinkSchema", swiftSettings: strict),
  .testTarget(
    name: "VarlinkTests",
    dependencies: [
      "Varlink", "VarlinkSchema", "LocalSockets", "Spectra", nioCore, nioPosix,
    ],
    exclude: ["independent_client.py"],
    swiftSettings: strict
  ),
  tests("PublishingTests", ["Publishing", "LocalSockets", "Spectra", nioCore, nioPosix]),
  tests("SimulatorTests", ["spectrasim", "Spectra", nioCore, nioPosix]),
  tests(
    "ServiceTests",
    [
      "Service", "Acquisition", "Streaming", "Publishing", "Varlink", "Spectra",
      .product(name: "Logging", package: "swift-log"),
    ]
  ),
  tests("SpectractlTests", ["spectractl", "Service", "Acquisition", "Varlink", "Spectra"]),
  tests("TidyTests", []),
  tests(
    "EndToEndTests",
    [
      "spectrad", "spectractl", "spectrasim", "usbmock", "Service", "Acquisition", "Streaming",
      "Store", "Varlink", "VarlinkSchema", "Spectra", "CAllocationCounter",
    ]
  ),
]

func fuzzer(_ name: String, _ dependencies: [Target.Dependency]) -> Target {
  .executableTarget(
    name: name,
    dependencies: dependencies + ["CFuzzer"],
    path: "Fuzz/\(name)",
    swiftSettings: strict
  )
}

/// They link only with libFuzzer, so `make fuzz` sets the variable and nobody else does.
let fuzzers: [Target] =
  Context.environment["BUILD_FUZZERS"] == nil
  ? []
  : [
    .target(name: "CFuzzer", path: "Fuzz/CFuzzer", cSettings: strictC),
    fuzzer("FuzzScanFile", ["Acquisition", "Spectra"]),
    fuzzer("FuzzUSBIPMessages", ["Acquisition", "Spectra"]),
    fuzzer("FuzzRecordings", ["Spectra"]),
    fuzzer("FuzzNetworkFile", ["QuantizedNetwork"]),
    fuzzer("FuzzVarlinkMessages", ["Varlink", nioCore]),
  ]

/// ThreadSanitizer looks at the rings and at the stages that they connect.
///
/// It cannot see the reference counts of Swift's arrays and so takes a copied array in a test's own
/// lock for a race; tests that collect results in such a way are left out.
let sanitizedTests: Set<String> = [
  "StreamingTests", "ServiceTests", "QuantizedNetworkTests", "CAllocationCounter",
]
let chosenTests =
  Context.environment["BUILD_FOR_SANITIZER"] == "thread"
  ? allTests.filter { sanitizedTests.contains($0.name) }
  : programs + benchmarks + allTests

let package = Package(
  name: "spectrad",
  dependencies: [
    .package(url: "https://github.com/HdrHistogram/hdrhistogram-swift", exact: "0.2.0"),
    .package(url: "https://github.com/apple/swift-argument-parser", exact: "1.8.2"),
    .package(url: "https://github.com/apple/swift-configuration", exact: "1.4.0", traits: []),
    .package(url: "https://github.com/apple/swift-crypto", exact: "4.5.2"),
    .package(url: "https://github.com/apple/swift-log", exact: "1.16.2"),
    .package(url: "https://github.com/apple/swift-nio", exact: "2.101.2"),
    .package(url: "https://github.com/apple/swift-protobuf", exact: "1.39.0"),
    .package(url: "https://github.com/apple/swift-system", exact: "1.8.1"),
    .package(url: "https://github.com/swift-server/swift-service-lifecycle", exact: "2.13.0"),
  ],
  targets: modules + chosenTests + fuzzers
)
