import Glibc

/// Measured data that lies beside the project and is never copied into it.
enum SharedData {
  /// The path of a file or folder in `$TEST_SHARED_DATA` or `../shared/data`, or nil.
  static func path(_ name: String) -> String? {
    // SAFETY: the C library's texts are copied at once and the path is read during the call only.
    let variable = unsafe getenv("TEST_SHARED_DATA").map { unsafe String(cString: $0) }
    let path = (variable ?? packageRoot + "/../shared/data") + "/" + name
    return unsafe access(path, R_OK) == 0 ? path : nil
  }

  /// The folder of Package.swift.
  static var packageRoot: String {
    "/" + #filePath.split(separator: "/").dropLast(4).joined(separator: "/")
  }
}
