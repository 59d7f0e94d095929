import Foundation

/// Looks at the numbers of a stream's lines as fast as they come, without decoding the lines.
struct SequenceWatch {
  /// What a client must never see.
  private(set) var faults: [String] = []
  /// The last number that came as a line or inside a gap.
  private(set) var last: Int?
  /// Numbers that came as lines.
  private(set) var lineCount = 0
  /// Numbers that gaps announced, by reason.
  private(set) var announced: [String: Int] = [:]
  private var rest: [UInt8] = []
  /// What ends an object: a newline on the prediction socket, NUL in Varlink.
  private let separator: UInt8

  init(separator: UInt8 = UInt8(ascii: "\n")) { self.separator = separator }

  /// Takes what was read, which may end in the middle of a line.
  mutating func take(_ bytes: some Collection<UInt8>) {
    rest.append(contentsOf: bytes)
    var start = 0
    while let end = rest[start...].firstIndex(of: separator) {
      takeLine(rest[start..<end])
      start = end + 1
    }
    rest.removeFirst(start)
  }

  /// Forgets an unfinished line: the connection has ended.
  mutating func connectionEnded() { rest.removeAll() }

  private mutating func takeLine(_ line: ArraySlice<UInt8>) {
    let start = line.prefix(100)
    if let from = SequenceWatch.number(after: #"{"type":"gap","from":"#, in: start) {
      guard let to = SequenceWatch.number(after: #","to":"#, in: start) else {
        return faults.append("a gap without an end")
      }
      let words = String(decoding: line, as: UTF8.self).components(separatedBy: "\"")
      let reason = words.firstIndex(of: "reason").map { words[$0 + 2] } ?? "none"
      announced[reason, default: 0] += to - from + 1
      follow(from, upTo: to)
    } else if let sequence = SequenceWatch.number(after: #","seq":"#, in: start) {
      lineCount += 1
      follow(sequence, upTo: sequence)
    }
  }

  private mutating func follow(_ first: Int, upTo end: Int) {
    if let last, first != last + 1 { faults.append("\(first) follows \(last)") }
    last = end
  }

  private static func number(after name: String, in line: ArraySlice<UInt8>) -> Int? {
    let name = Array(name.utf8)
    guard line.count > name.count else { return nil }
    for start in line.startIndex..<(line.endIndex - name.count)
    where line[start..<(start + name.count)].elementsEqual(name) {
      var value: Int?
      for byte in line[(start + name.count)...] {
        guard byte >= UInt8(ascii: "0"), byte <= UInt8(ascii: "9") else { break }
        value = (value ?? 0) * 10 + Int(byte - UInt8(ascii: "0"))
      }
      return value
    }
    return nil
  }
}
