import Foundation

/// What a running process holds of the system.
struct ProcessResources: Equatable {
  var descriptors: Int
  /// Those with names of their own: the rest is Dispatch's pool, which comes and goes.
  var namedThreads: Int

  /// Looks at the process with this number, or nil when there is none.
  init?(of identifier: Int32) {
    guard let files = ProcessResources.names(in: "/proc/\(identifier)/fd"),
      let tasks = ProcessResources.names(in: "/proc/\(identifier)/task")
    else { return nil }
    let names = tasks.map {
      try? String(contentsOfFile: "/proc/\(identifier)/task/\($0)/comm", encoding: .utf8)
    }
    let program = try? String(contentsOfFile: "/proc/\(identifier)/comm", encoding: .utf8)
    descriptors = files.count
    namedThreads = names.count { $0 != nil && $0 != program }
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
