import Glibc

/// The environment variables of this process.
package enum ProcessEnvironment {
  /// All variables by name, read once; the process must not change them meanwhile.
  package static var variables: [String: String] {
    var result: [String: String] = [:]
    // SAFETY: `environ` is a null-terminated array of texts that nothing in this program changes.
    var entry = unsafe environ
    while let text = unsafe entry.pointee {
      let assignment = unsafe String(cString: text)
      if let equals = assignment.firstIndex(of: "=") {
        result[String(assignment[..<equals])] = String(
          assignment[assignment.index(after: equals)...]
        )
      }
      unsafe entry += 1
    }
    return result
  }
}

/// The version of all three programs.
package enum ProgramVersion {
  /// As in `spectrad --version`, the stream's hello line and CHANGELOG.md.
  package static let text = "0.1.0"
  /// What the daemon calls itself.
  package static let daemon = "spectrad " + text
}
