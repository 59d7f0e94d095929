/// A scan configuration as the scanner stores it: command 02/20 reads one, 02/1E applies one.
package struct ScanConfiguration: Equatable, Sendable {
  /// What the scanner measures.
  package var section: ScanSection
  /// How many passes are averaged.
  package var repeats: Int
  /// The name, at most `nameBytesMax` bytes.
  package var name: String

  /// The name's field has 40 bytes and ends with a NUL.
  package static let nameBytesMax = 39

  /// Makes a configuration from its parts, which are not checked here.
  package init(section: ScanSection, repeats: Int, name: String) {
    (self.section, self.repeats, self.name) = (section, repeats, name)
  }

  /// What a scanner is given that has no Column configuration of its own: its maker's default.
  package static let defaultColumn = ScanConfiguration(
    section: ScanSection(
      kind: .column,
      startNanometres: 900,
      endNanometres: 1700,
      widthPixels: 6,
      patterns: 228
    ),
    repeats: 6,
    name: "Column 1"
  )

  /// Reads a plain configuration; one with sections is refused as `slewLayout`.
  package init(parsing bytes: Span<UInt8>) throws(ScanFileError) {
    try SerializedImage.checkMagic(bytes)
    if SerializedImage.slewConfiguration.matchesFormat(of: bytes) { throw .slewLayout }
    try SerializedImage.plainConfiguration.check(bytes)
    let data = SerializedImage.plainConfiguration.dataOffset
    section = try ScanSection(parsing: bytes, at: data)
    repeats = Int(bytes.uint16(at: data + 58))
    // The field's fortieth byte is its NUL, whatever the scanner left there.
    name = text(of: bytes, in: data + 11..<data + 11 + ScanConfiguration.nameBytesMax)
  }

  /// The 91 bytes that the scanner reads.
  package var encoded: [UInt8] {
    var bytes = SerializedImage.plainConfiguration.header
    bytes.append(section.kind.rawValue)
    // The scanner numbers and signs stored configurations itself.
    bytes.appendLittleEndian(UInt16(0))
    bytes += Array(repeating: 0, count: 8)
    let nameBytes = Array(name.utf8.prefix(ScanConfiguration.nameBytesMax))
    bytes += nameBytes + Array(repeating: 0, count: 40 - nameBytes.count)
    bytes.appendLittleEndian(UInt16(clamping: section.startNanometres))
    bytes.appendLittleEndian(UInt16(clamping: section.endNanometres))
    bytes.append(UInt8(clamping: section.widthPixels))
    bytes.appendLittleEndian(UInt16(clamping: section.patterns))
    bytes.appendLittleEndian(UInt16(clamping: repeats))
    return bytes
  }
}

extension ScanSection {
  /// Reads the section of the 60-byte plain configuration that begins at `offset`.
  init(parsing bytes: Span<UInt8>, at offset: Int) throws(ScanFileError) {
    guard let kind = Kind(rawValue: bytes[offset]) else {
      throw .unknownScanType(bytes[offset])
    }
    self.init(
      kind: kind,
      startNanometres: Int(bytes.uint16(at: offset + 51)),
      endNanometres: Int(bytes.uint16(at: offset + 53)),
      widthPixels: Int(bytes[offset + 55]),
      patterns: Int(bytes.uint16(at: offset + 56))
    )
    try check()
  }
}

/// The printable ASCII text in `range`, up to its first NUL; other bytes are left out.
///
/// An unset text field holds 0xFF or stale bytes.
func text(of bytes: Span<UInt8>, in range: Range<Int>) -> String {
  var characters: [UInt8] = []
  for index in range {
    guard index < bytes.count, bytes[index] != 0 else { break }
    if bytes[index] >= 0x20, bytes[index] < 0x7F { characters.append(bytes[index]) }
  }
  while characters.last == 0x20 { characters.removeLast() }
  return String(decoding: characters, as: UTF8.self)
}
