import Foundation
import Testing

/// The project's own Swift files, as lines.
struct SourceTree {
  struct File: CustomTestStringConvertible {
    /// The path from the project's root.
    let path: String
    let lines: [String]
    var testDescription: String { path }
    /// The module that the file belongs to, `simulator` for instance.
    var module: String {
      let parts = path.split(separator: "/")
      return parts[0] == "Sources" ? String(parts[1]) : String(parts[0])
    }
  }

  static let root = URL(filePath: #filePath)
    .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()

  /// All Swift files below the folders, generated ones left out.
  static func swiftFiles(in folders: [String]) -> [File] {
    folders.flatMap { folder -> [File] in
      let base = root.appending(path: folder)
      guard let walk = FileManager.default.enumerator(atPath: base.path) else { return [] }
      return walk.compactMap { entry in
        guard let name = entry as? String, name.hasSuffix(".swift") else { return nil }
        guard !name.hasSuffix(".pb.swift") else { return nil }
        guard let text = try? String(contentsOf: base.appending(path: name), encoding: .utf8) else {
          return nil
        }
        return File(path: folder + "/" + name, lines: text.components(separatedBy: "\n"))
      }
    }
    .sorted { $0.path < $1.path }
  }
}
