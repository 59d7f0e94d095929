import Acquisition
import Foundation
import Service
import Testing

@Suite struct ConfigurationTests {
  /// A value other than the default for every key, as the file and as `--check-config` write it.
  static let values: [String: String] = [
    "scanner.sources": "usbip://127.0.0.1:3240/1-1,usbip+unix:///run/sim.sock/1-2",
    "acquisition.mode": "onRequest",
    "acquisition.statusPollMilliseconds": "7",
    "sample.scans": "1024",
    "sample.silenceSeconds": "0.05",
    "bundle.path": "/srv/a bundle",
    "bundle.folder": "/srv/bundles",
    "network.threads": "2",
    "predictions.socket": "/tmp/p.sock",
    "predictions.socketMode": "0600",
    "predictions.queueLines": "16",
    "predictions.heartbeatSeconds": "0.5",
    "control.socket": "/tmp/c.sock",
    "control.socketMode": "0600",
    "control.readGroup": "clinic",
    "control.controlGroup": "laboratory",
    "store.folder": "/srv/a store",
    "store.maximumAgeDays": "0.5",
    "store.maximumMebibytes": "16",
    "reference.kind": "user",
    "reference.folder": "/srv/white references",
    "reference.maximumAgeHours": "0.5",
    "recording.folder": "/var/lib/scans=all",
    "log.level": "error",
  ]

  /// Where a key can be given.
  enum Layer: CaseIterable {
    case commandLine, commandLineInTheFilesSpelling, environment, file
  }

  @Test func `every key has a value in these tests`() {
    #expect(Set(ConfigurationKey.all.map(\.name)) == Set(ConfigurationTests.values.keys))
  }

  @Test func `the example file explains every key with its default`() throws {
    let root = "/" + #filePath.split(separator: "/").dropLast(3).joined(separator: "/")
    let text = try String(contentsOfFile: root + "/docs/spectrad.conf", encoding: .utf8)
    for key in ConfigurationKey.all {
      #expect(text.contains("\n#\(key.fileName)=\(key.defaultText)\n"), "\(key.fileName)")
    }
  }

  @Test(arguments: ConfigurationKey.all.map(\.name), Layer.allCases)
  func `every key is read from every layer under its own name`(
    name: String,
    layer: Layer
  ) async throws {
    let key = try #require(ConfigurationKey.all.first { $0.name == name })
    let text = try #require(ConfigurationTests.values[name])
    let folder = try TemporaryFolder()
    var loader = ConfigurationLoader(settings: [], environment: [:], filePath: nil)
    loader.filePath = folder.path + "/spectrad.conf"
    switch layer {
    case .commandLine: loader.settings = ["\(name)=\(text)"]
    case .commandLineInTheFilesSpelling: loader.settings = ["\(key.fileName)=\(text)"]
    case .environment: loader.environment = ["SPECTRAD_\(key.fileName)": text]
    case .file:
      try folder.write("# a comment\n\n  \(key.fileName) = \(text) \n", to: "spectrad.conf")
    }
    let described = ConfigurationLoader.describe(try await loader.load().get())
    #expect(described.contains("\n\(key.fileName)=\(text)\n"))
    for other in ConfigurationKey.all where other.name != name {
      let isNumber = ["silenceSeconds", "heartbeatSeconds", "maximumAgeHours"].contains {
        other.name.hasSuffix($0)
      }
      let value = isNumber ? other.defaultText + ".0" : other.defaultText
      #expect(described.contains("\n\(other.fileName)=\(value)\n"))
    }
  }

  @Test(
    arguments: [
      (commandLine: "40", environment: "50", file: "55", expected: 40),
      (commandLine: nil, environment: "50", file: "55", expected: 50),
      (commandLine: nil, environment: nil, file: "55", expected: 55),
      (commandLine: nil, environment: nil, file: nil, expected: 60),
    ] as [(commandLine: String?, environment: String?, file: String?, expected: Int)]
  )
  func `the first layer that names a key wins`(
    layers: (commandLine: String?, environment: String?, file: String?, expected: Int)
  ) async throws {
    let folder = try TemporaryFolder()
    var loader = ConfigurationLoader(settings: [], environment: [:], filePath: nil)
    loader.filePath = folder.path + "/spectrad.conf"
    if let value = layers.commandLine { loader.settings = ["sample.scans=\(value)"] }
    if let value = layers.environment { loader.environment["SPECTRAD_SAMPLE_SCANS"] = value }
    if let value = layers.file { try folder.write("SAMPLE_SCANS=\(value)\n", to: "spectrad.conf") }
    #expect(try await loader.load().get().scansPerSample == layers.expected)
  }

  @Test func `an empty value hides what a later layer says`() async throws {
    let folder = try TemporaryFolder()
    let file = try folder.write("BUNDLE_PATH=\n", to: "spectrad.conf")
    let loader = ConfigurationLoader(settings: [], environment: [:], filePath: file)
    #expect(try await loader.load().get().bundlePath == nil)
  }

  @Test func `what check-config prints reads back to the same configuration`() async throws {
    let settings = ConfigurationTests.values.map { "\($0.key)=\($0.value)" }
    let loader = ConfigurationLoader(settings: settings, environment: [:], filePath: nil)
    let text = ConfigurationLoader.describe(try await loader.load().get())
    let folder = try TemporaryFolder()
    let file = try folder.write(text, to: "spectrad.conf")
    let again = ConfigurationLoader(settings: [], environment: [:], filePath: file)
    let configuration = try await again.load().get()
    #expect(ConfigurationLoader.describe(configuration) == text)
    #expect(
      configuration.sources.map(\.description).joined(separator: ",")
        == ConfigurationTests.values["scanner.sources"]
    )
    #expect(configuration.silenceSeconds == 0.05)
    #expect(configuration.predictionSocketMode == 0o600)
  }

  @Test func `other programs' variables are no mistake`() async throws {
    let loader = ConfigurationLoader(
      settings: [],
      environment: ["PATH": "/bin", "SPECTRA_SCANS": "x", "SAMPLE_SCANS": "5"],
      filePath: nil
    )
    #expect(try await loader.load().get().scansPerSample == 60)
  }
}
