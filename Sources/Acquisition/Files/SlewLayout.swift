// The slew layout keeps a configuration's head and its five sections in two images; configurations
// and scan files hold the same two.

extension SerializedImage {
  /// How many bytes one section has.
  static let slewSectionByteCount = 10

  /// The first of the four images of a slew scan file: the scan header alone.
  static let slewScanHeader = SerializedImage(
    format: "S(uc#cccccccjjvvu$(f#f#)c#vccc)",
    arrayLengths: [20, 3, 3, 8],
    dataByteCount: 104
  )
  /// The first image of a configuration: everything but its sections.
  static let slewConfiguration = SerializedImage(
    format: "S(cvc#c#vc)",
    arrayLengths: [8, 40],
    dataByteCount: 54
  )
  /// The second image of a configuration: five sections, of which the unused are garbage.
  static let slewSections = SerializedImage(
    format: "S(ccvvvv)#",
    arrayLengths: [5],
    dataByteCount: 5 * slewSectionByteCount
  )
  /// The last image of a slew scan file: the ADC words.
  static let slewWords = SerializedImage(
    format: "i#",
    arrayLengths: [864],
    dataByteCount: 4 * 864
  )
}

extension ScanSections {
  /// Reads the sections, and the number of repeats, of the configuration that begins at `offset`.
  static func parseSlew(
    _ bytes: Span<UInt8>,
    at offset: Int
  ) throws(ScanFileError) -> (sections: ScanSections, repeats: UInt16) {
    try SerializedImage.slewConfiguration.check(bytes, at: offset)
    let head = offset + SerializedImage.slewConfiguration.dataOffset
    let images = offset + SerializedImage.slewConfiguration.byteCount
    try SerializedImage.slewSections.check(bytes, at: images)
    let sections = try ScanSections(
      parsing: bytes,
      at: images + SerializedImage.slewSections.dataOffset,
      count: Int(bytes[head + 53])
    )
    return (sections, bytes.uint16(at: head + 51))
  }
}

extension ScanSection {
  /// Reads the ten bytes of a section that begin at `offset`.
  init(parsingSlew bytes: Span<UInt8>, at offset: Int) throws(ScanFileError) {
    guard let kind = Kind(rawValue: bytes[offset]) else { throw .unknownScanType(bytes[offset]) }
    self.init(
      kind: kind,
      startNanometres: Int(bytes.uint16(at: offset + 2)),
      endNanometres: Int(bytes.uint16(at: offset + 4)),
      widthPixels: Int(bytes[offset + 1]),
      patterns: Int(bytes.uint16(at: offset + 6)),
      exposureCode: bytes.uint16(at: offset + 8)
    )
    try check()
  }

  /// Adds the ten bytes of this section.
  func appendSlew(to bytes: inout [UInt8]) {
    bytes += [kind.rawValue, UInt8(clamping: widthPixels)]
    bytes.appendLittleEndian(UInt16(clamping: startNanometres))
    bytes.appendLittleEndian(UInt16(clamping: endNanometres))
    bytes.appendLittleEndian(UInt16(clamping: patterns))
    bytes.appendLittleEndian(exposureCode)
  }
}
