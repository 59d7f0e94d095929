import Glibc

/// The published per-channel statistics of 13,140 scans, if they lie beside the package.
enum PublishedStatistics {
  /// The file's path, or nil when it is not there.
  static var path: String? {
    var root = #filePath.split(separator: "/", omittingEmptySubsequences: false).dropLast(3)
    root.append("../shared/data")
    let folder = environment("TEST_SHARED_DATA") ?? root.joined(separator: "/")
    let path = folder + "/bloods/train_v1_describe_13140rows.csv"
    return unsafe access(path, R_OK) == 0 ? path : nil
  }

  /// The mean and the standard deviation of each of the 170 channels.
  static func read() -> (mean: [Double], deviation: [Double])? {
    guard let path, let text = contents(of: path) else { return nil }
    let rows = text.split(separator: "\n").map { $0.split(separator: ",") }
    func row(_ name: String) -> [Double]? {
      rows.first { $0.first.map(String.init) == name }?.dropFirst().prefix(170)
        .compactMap { Double($0) }
    }
    guard let mean = row("mean"), let deviation = row("std") else { return nil }
    return (mean, deviation)
  }

  private static func environment(_ name: String) -> String? {
    // SAFETY: the text is copied before anything can change the environment.
    unsafe getenv(name).map { unsafe String(cString: $0) }
  }

  private static func contents(of path: String) -> String? {
    // SAFETY: the stream is closed on every way out, and only the bytes that were read are used.
    guard let file = unsafe fopen(path, "r") else { return nil }
    defer { unsafe fclose(file) }
    var bytes = [UInt8](repeating: 0, count: 1 << 20)
    let count = unsafe bytes.withUnsafeMutableBytes { buffer in
      unsafe fread(buffer.baseAddress, 1, buffer.count, file)
    }
    return String(decoding: bytes.prefix(count), as: UTF8.self)
  }
}
