/// A scan configuration as the scanner stores it: command 02/20 reads one, 02/1E applies one.
package struct ScanConfiguration: Equatable, Sendable {
  /// How the scanner stores it, which is also the layout of the scan files that it leads to.
  package enum Layout: Sendable {
    /// One image of 91 bytes: one section, without an exposure.
    case plain
    /// Two images of 155 bytes together: up to five sections.
    case slew
  }

  /// How the scanner stores it.
  package var layout: Layout
  /// What the scanner measures; a plain configuration has one section.
  package var sections: ScanSections
  /// How many passes are averaged.
  package var repeats: Int
  /// The name, at most `nameBytesMax` bytes.
  package var name: String

  /// The name's field has 40 bytes and ends with a NUL.
  package static let nameBytesMax = 39

  /// Makes a configuration from its parts, which are not checked here.
  package init(layout: Layout, sections: ScanSections, repeats: Int, name: String) {
    (self.layout, self.sections) = (layout, sections)
    (self.repeats, self.name) = (repeats, name)
  }

  /// What a scanner is given that has no Column configuration of its own: its maker's default.
  package static let defaultColumn = ScanConfiguration(
    layout: .plain,
    sections: ScanSections(
      ScanSection(
        kind: .column,
        startNanometres: 900,
        endNanometres: 1700,
        widthPixels: 6,
        patterns: 228
      )
    ),
    repeats: 6,
    name: "Column 1"
  )

  /// Reads a configuration of either layout.
  package init(parsing bytes: Span<UInt8>) throws(ScanFileError) {
    try SerializedImage.checkMagic(bytes)
    let data: Int
    if SerializedImage.slewConfiguration.matchesFormat(of: bytes) {
      let (sections, repeats) = try ScanSections.parseSlew(bytes, at: 0)
      (layout, self.sections, self.repeats) = (.slew, sections, Int(repeats))
      data = SerializedImage.slewConfiguration.dataOffset
    } else {
      try SerializedImage.plainConfiguration.check(bytes)
      data = SerializedImage.plainConfiguration.dataOffset
      layout = .plain
      sections = ScanSections(try ScanSection(parsing: bytes, at: data))
      repeats = Int(bytes.uint16(at: data + 58))
    }
    // The field's fortieth byte is its NUL, whatever the scanner left there.
    name = text(of: bytes, in: data + 11..<data + 11 + ScanConfiguration.nameBytesMax)
  }

  /// The bytes that the scanner reads: 91 or 155.
  package var encoded: [UInt8] {
    switch layout {
    case .plain: plainEncoded
    case .slew: slewEncoded
    }
  }

  private var plainEncoded: [UInt8] {
    let section = sections[0]
    var bytes = SerializedImage.plainConfiguration.header
    appendHead(type: section.kind.rawValue, to: &bytes)
    bytes.appendLittleEndian(UInt16(clamping: section.startNanometres))
    bytes.appendLittleEndian(UInt16(clamping: section.endNanometres))
    bytes.append(UInt8(clamping: section.widthPixels))
    bytes.appendLittleEndian(UInt16(clamping: section.patterns))
    bytes.appendLittleEndian(UInt16(clamping: repeats))
    return bytes
  }

  private var slewEncoded: [UInt8] {
    var bytes = SerializedImage.slewConfiguration.header
    appendHead(type: 2, to: &bytes)
    bytes.appendLittleEndian(UInt16(clamping: repeats))
    bytes.append(UInt8(sections.count))
    bytes += SerializedImage.slewSections.header
    for index in 0..<sections.count { sections[index].appendSlew(to: &bytes) }
    let unused = ScanSections.countMax - sections.count
    return bytes + Array(repeating: 0, count: unused * SerializedImage.slewSectionByteCount)
  }

  private func appendHead(type: UInt8, to bytes: inout [UInt8]) {
    bytes.append(type)
    // The scanner numbers and signs stored configurations itself.
    bytes.appendLittleEndian(UInt16(0))
    bytes += Array(repeating: 0, count: 8)
    let nameBytes = Array(name.utf8.prefix(ScanConfiguration.nameBytesMax))
    bytes += nameBytes + Array(repeating: 0, count: 40 - nameBytes.count)
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
