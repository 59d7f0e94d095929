import Foundation

/// A folder of its own for one test, with room for sockets; removed when nobody refers to it.
final class TemporaryFolder: Sendable {
  let path: String

  init() throws {
    path = "/tmp/end-to-end-" + UUID().uuidString.prefix(13)
    try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: false)
  }

  deinit { try? FileManager.default.removeItem(atPath: path) }

  func path(_ name: String) -> String { path + "/" + name }

  /// The names in the folder that end so, sorted.
  func names(endingIn suffix: String) -> [String] {
    let names = (try? FileManager.default.contentsOfDirectory(atPath: path)) ?? []
    return names.filter { $0.hasSuffix(suffix) }.sorted()
  }

  func exists(_ name: String) -> Bool { FileManager.default.fileExists(atPath: path(name)) }
}

/// Files of the project and beside it.
enum ProjectFiles {
  /// The folder of Package.swift.
  static var root: String {
    "/" + #filePath.split(separator: "/").dropLast(3).joined(separator: "/")
  }

  /// The bundle that Tests/Golden/bundle/make_bundle.py made.
  static var bundle: String { root + "/Tests/Golden/bundle" }

  /// The real powder scans, or nil where nobody has put them.
  static var powders: String? {
    let data =
      ProcessInfo.processInfo.environment["TEST_SHARED_DATA"] ?? root + "/../shared/data"
    let path = data + "/nirscan_powders/raw"
    return FileManager.default.fileExists(atPath: path) ? path : nil
  }
}
