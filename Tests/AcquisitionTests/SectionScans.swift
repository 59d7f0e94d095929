import Foundation
import Testing

/// The stored files of several sections: see Tests/Golden/acquisition/make_sections.py.
struct SectionScans: Decodable {
  struct Case: Decodable, CustomTestStringConvertible {
    var name: String
    var scanFile: Data
    var reference: String
    var wavelengths: Data
    var sampleSignal: Data
    var referenceSignal: Data
    var maximumRawCount: Int32

    var testDescription: String { name }
    var wavelengthsNanometres: [Double] { unpacked(wavelengths) { Double(bitPattern: $0) } }
    var sampleCounts: [Int32] {
      unpacked(sampleSignal) { (bits: UInt32) in Int32(bitPattern: bits) }
    }
    var referenceCounts: [Int32] {
      unpacked(referenceSignal) { (bits: UInt32) in Int32(bitPattern: bits) }
    }
  }

  var references: [String: Data]
  var cases: [Case]

  static let all = load()

  /// The case of that name, which must exist.
  static func named(_ name: String) throws -> Case {
    try #require(all.cases.first { $0.name == name })
  }

  private static func load() -> SectionScans {
    let file = packageRoot.appending(path: "Tests/Golden/acquisition/sections.json")
    do {
      return try JSONDecoder().decode(SectionScans.self, from: Data(contentsOf: file))
    } catch {
      fatalError("\(file.path): \(error)")
    }
  }
}

/// Little-endian numbers, one after the other.
private func unpacked<Bits: FixedWidthInteger, Number>(
  _ data: Data,
  _ number: (Bits) -> Number
) -> [Number] {
  let size = Bits.bitWidth / 8
  return stride(from: 0, to: data.count, by: size).map { start in
    number(
      data.bytes[start..<start + size].reversed().reduce(Bits(0)) { $0 << 8 | Bits($1) }
    )
  }
}
