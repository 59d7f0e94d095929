import Configuration
import Spectra
import SystemPackage

/// Reads the configuration in layers: command line, environment, file, defaults.
package struct ConfigurationLoader: Sendable {
  /// `KEY=VALUE` texts of the command line, dotted or in the file's spelling.
  package var settings: [String]
  /// The process's environment; names that begin with `SPECTRAD_` are ours.
  package var environment: [String: String]
  /// The configuration file.
  package var filePath: String
  /// Whether a missing file is an error: it is when the administrator named it.
  package var isFileRequired: Bool

  /// Where the file is looked for when nobody names another.
  package static let defaultFilePath = "/etc/spectrad/spectrad.conf"
  private static let environmentPrefix = "SPECTRAD_"
  private static let fileBytesMaximum = 1 << 20

  /// Names the layers; nothing is read yet.
  package init(
    settings: [String],
    environment: [String: String],
    filePath: String?
  ) {
    self.settings = settings
    self.environment = environment
    self.filePath = filePath ?? ConfigurationLoader.defaultFilePath
    isFileRequired = filePath != nil
  }

  /// The checked configuration, or every mistake that was found in all layers.
  package func load() async -> Result<DaemonConfiguration, ConfigurationErrors> {
    var mistakes: [ConfigurationError] = []
    let commandLine = commandLineValues(&mistakes)
    let process = environmentValues(&mistakes)
    checkFile(&mistakes)
    guard mistakes.isEmpty else { return .failure(ConfigurationErrors(mistakes: mistakes)) }
    do {
      let file = try await EnvironmentVariablesProvider(
        environmentFilePath: FilePath(filePath),
        allowMissing: !isFileRequired
      )
      let defaults = Dictionary(
        uniqueKeysWithValues: ConfigurationKey.all.map { ($0.fileName, $0.defaultText) }
      )
      let reader = ConfigReader(providers: [
        EnvironmentVariablesProvider(environmentVariables: commandLine),
        EnvironmentVariablesProvider(environmentVariables: process),
        file,
        EnvironmentVariablesProvider(environmentVariables: defaults),
      ])
      var values = ConfigurationValues { reader.string(forKey: ConfigKey($0)) ?? "" }
      let configuration = values.configuration()
      guard values.mistakes.isEmpty else {
        return .failure(ConfigurationErrors(mistakes: values.mistakes))
      }
      return .success(configuration)
    } catch {
      let mistake = ConfigurationError.unreadable(path: filePath, reason: "\(error)")
      return .failure(ConfigurationErrors(mistakes: [mistake]))
    }
  }

  /// Every key with its effective value, as `--check-config` prints them.
  package static func describe(_ configuration: DaemonConfiguration) -> String {
    let values = ConfigurationValues.texts(of: configuration)
    return zip(ConfigurationKey.all, values).map { key, value in
      "# \(key.name): \(key.meaning)\n\(key.fileName)=\(value)\n"
    }.joined()
  }

  private func commandLineValues(_ mistakes: inout [ConfigurationError]) -> [String: String] {
    var values: [String: String] = [:]
    for setting in settings {
      guard let equals = setting.firstIndex(of: "=") else {
        mistakes.append(
          .badValue(key: "--set", found: setting, expected: "KEY=VALUE, such as sample.scans=60")
        )
        continue
      }
      let name = String(setting[..<equals])
      guard let key = knownKey(named: name) else {
        mistakes.append(unknown(name, in: "command line", spelling: \.name))
        continue
      }
      values[key.fileName] = String(setting[setting.index(after: equals)...])
    }
    return values
  }

  private func environmentValues(_ mistakes: inout [ConfigurationError]) -> [String: String] {
    let prefix = ConfigurationLoader.environmentPrefix
    var values: [String: String] = [:]
    for (name, value) in environment.sorted(by: { $0.key < $1.key }) where name.hasPrefix(prefix) {
      let fileName = String(name.dropFirst(prefix.count))
      guard ConfigurationKey.all.contains(where: { $0.fileName == fileName }) else {
        mistakes.append(
          .unknownKey(
            layer: "environment",
            key: name,
            nearest: prefix + nearest(to: fileName, spelling: \.fileName)
          )
        )
        continue
      }
      values[fileName] = value
    }
    return values
  }

  /// The provider skips lines that it does not understand; an administrator wants to hear of them.
  private func checkFile(_ mistakes: inout [ConfigurationError]) {
    let bytes: [UInt8]
    do throws(FileError) {
      bytes = try FileContents.read(
        path: filePath,
        limitBytes: ConfigurationLoader.fileBytesMaximum
      )
    } catch {
      if error.errno != FileError.noSuchFile || isFileRequired {
        mistakes.append(.unreadable(path: filePath, reason: error.reason))
      }
      return
    }
    // To Swift CR LF is one character: the provider would take the whole file for one line.
    guard !bytes.contains(UInt8(ascii: "\r")) else {
      mistakes.append(
        .unreadable(path: filePath, reason: "found carriage returns, expected lines that end in LF")
      )
      return
    }
    let text = String(decoding: bytes, as: UTF8.self)
    for (index, line) in text.split(separator: "\n", omittingEmptySubsequences: false).enumerated()
    {
      let content = line.drop(while: \.isWhitespace)
      if content.isEmpty || content.hasPrefix("#") { continue }
      guard let equals = content.firstIndex(of: "="), equals > content.startIndex else {
        mistakes.append(
          .notAnAssignment(path: filePath, line: index + 1, text: String(content.prefix(80)))
        )
        continue
      }
      var key = content[..<equals]
      while key.last?.isWhitespace == true { key.removeLast() }
      let name = String(key)
      if !ConfigurationKey.all.contains(where: { $0.fileName == name }) {
        mistakes.append(unknown(name, in: "\(filePath):\(index + 1)", spelling: \.fileName))
      }
    }
  }

  private func knownKey(named name: String) -> ConfigurationKey? {
    ConfigurationKey.all.first { $0.name == name || $0.fileName == name }
  }

  private func unknown(
    _ name: String,
    in layer: String,
    spelling: KeyPath<ConfigurationKey, String>
  ) -> ConfigurationError {
    .unknownKey(layer: layer, key: name, nearest: nearest(to: name, spelling: spelling))
  }

  private func nearest(to name: String, spelling: KeyPath<ConfigurationKey, String>) -> String {
    let spellings = ConfigurationKey.all.map { $0[keyPath: spelling] }
    return spellings.min { editDistance($0, name) < editDistance($1, name) } ?? ""
  }
}

/// All mistakes of a configuration, one per line.
package struct ConfigurationErrors: Error, Equatable, CustomStringConvertible {
  /// At least one.
  package let mistakes: [ConfigurationError]

  /// Makes them of at least one.
  package init(mistakes: [ConfigurationError]) { self.mistakes = mistakes }

  package var description: String { mistakes.map(\.description).joined(separator: "\n") }
}
