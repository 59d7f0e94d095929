import Foundation

/// What a running process holds of the system.
struct ProcessResources: Equatable {
  var descriptors: Int
  var threads: Int

  /// Looks at the process with this number, or nil when there is none.
  init?(of identifier: Int32) {
    guard let files = ProcessResources.names(in: "/proc/\(identifier)/fd"),
      let tasks = ProcessResources.names(in: "/proc/\(identifier)/task")
    else { return nil }
    (descriptors, threads) = (files.count, tasks.count)
  }

  /// Whether it holds no more than at another time; of threads it may have fewer, because those of
  /// Dispatch's pool end when there is little to do.
  func isNoMore(than before: ProcessResources) -> Bool {
    descriptors == before.descriptors && threads <= before.threads
  }

  /// The process of this name that `parent` started.
  static func child(of parent: Int32, named name: String) -> Int32? {
    (names(in: "/proc") ?? []).compactMap { Int32($0) }.first { identifier in
      guard let text = try? String(contentsOfFile: "/proc/\(identifier)/stat", encoding: .utf8)
      else { return false }
      // The name stands in parentheses; behind it come the state and the parent.
      let words = text.split(separator: ")").last?.split(separator: " ") ?? []
      return text.contains("(\(name))") && words.dropFirst().first.flatMap { Int32($0) } == parent
    }
  }

  private static func names(in folder: String) -> [String]? {
    try? FileManager.default.contentsOfDirectory(atPath: folder)
  }
}
