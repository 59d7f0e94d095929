import spectrasim

/// Finds numbers in a plain scan file by the documented offsets.
enum ScanFileReading {
  private static let header = 81
  private static let words = 245

  /// The signal as a host finds it: words less the mean of the dark readings among them.
  static func signal(_ file: [UInt8]) -> [Int32] {
    let count = Int(file.littleEndian(at: header + 99, as: UInt16.self))
    let all = (0..<count).map { file.littleEndian(at: words + 4 * $0, as: Int32.self) }
    let isBlack = all.indices.map { $0 >= 24 && ($0 - 24) % 25 == 0 }
    let black = zip(all, isBlack).filter(\.1).map(\.0)
    let dark = black.isEmpty ? 0 : black.reduce(0, +) / Int32(black.count)
    return zip(all, isBlack).filter { !$0.1 }.map { $0.0 - dark }
  }

  /// System temperature, detector temperature and humidity.
  static func hundredths(_ file: [UInt8]) -> [Double?] {
    [31, 33, 35].map { Double(file.littleEndian(at: header + $0, as: Int16.self)) / 100 }
  }
}
