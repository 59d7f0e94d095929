import Foundation

/// The units and what is installed beside them.
enum SystemdFolder {
  // From Tests/ServiceTests/Systemd/SystemdFolder.swift up to the project.
  private static let root = URL(filePath: #filePath)
    .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()
    .deletingLastPathComponent()

  static func text(of name: String) throws -> String {
    try String(contentsOf: root.appending(path: "systemd/\(name)"), encoding: .utf8)
  }

  /// What systemd 252 says that it knows, by section; `make_settings.py` asked it.
  static func settingsOfSystemd252() throws -> [String: Set<String>] {
    struct Settings: Decodable {
      let settings: [String: Set<String>]
    }
    let data = try Data(contentsOf: root.appending(path: "Tests/Golden/systemd/settings.json"))
    return try JSONDecoder().decode(Settings.self, from: data).settings
  }
}

/// A unit file: its settings in their order.
struct UnitFile {
  struct Setting: Equatable {
    let section: String
    let key: String
    let value: String
  }

  let settings: [Setting]

  init(_ name: String) throws {
    var section = ""
    var settings: [Setting] = []
    for line in try SystemdFolder.text(of: name).components(separatedBy: "\n") {
      if line.hasPrefix("[") {
        section = String(line.dropFirst().dropLast())
      } else if !line.hasPrefix("#"), let equals = line.firstIndex(of: "=") {
        let (key, value) = (line[..<equals], line[line.index(after: equals)...])
        settings.append(Setting(section: section, key: String(key), value: String(value)))
      }
    }
    self.settings = settings
  }

  /// The values of a key, in their order.
  func values(_ section: String, _ key: String) -> [String] {
    settings.filter { $0.section == section && $0.key == key }.map(\.value)
  }
}
