/// One kind of self-describing image: the container that the scanner keeps every record in.
///
/// An image is `tpl`, a flags byte, its u32 length, a format string with a NUL, one u32 per array of
/// the format, and the data, packed. Devices of all makers use the same few formats.
struct SerializedImage {
  /// The format string.
  let format: String
  /// How many elements each array has, in order.
  let arrayLengths: [Int]
  /// How many bytes of data follow.
  let dataByteCount: Int

  /// Where the data begins, counted from the image's start.
  var dataOffset: Int { 8 + format.utf8.count + 1 + 4 * arrayLengths.count }
  /// How many bytes the image has.
  var byteCount: Int { dataOffset + dataByteCount }

  /// Scan header, plain configuration and ADC words in one image.
  static let plainScan = SerializedImage(
    format: "S(uc#cccccccjjvvu$(f#f#)c#vccccvc#c#vvcvvi#)",
    arrayLengths: [20, 3, 3, 8, 8, 40, 864],
    dataByteCount: 104 + 60 + 4 * 864
  )
  /// A configuration of one section.
  static let plainConfiguration = SerializedImage(
    format: "S(cvc#c#vvcvv)",
    arrayLengths: [8, 40],
    dataByteCount: 60
  )
  /// The coefficients of the shift vector and of the wavelengths.
  static let calibration = SerializedImage(
    format: "S(f#f#)",
    arrayLengths: [3, 3],
    dataByteCount: 48
  )
  /// The reference matrix: 19 widths, 50 wavelengths, 19 rows of 50 values.
  static let referenceMatrix = SerializedImage(
    format: "S(c#f#v##)",
    arrayLengths: [19, 50, 19, 50],
    dataByteCount: 19 + 8 * 50 + 2 * 19 * 50
  )

  /// Whether the image that begins at `start` has this format string.
  func matchesFormat(of bytes: Span<UInt8>, at start: Int = 0) -> Bool {
    guard bytes.count > start + 8 + format.utf8.count else { return false }
    var offset = start + 8
    for character in format.utf8 {
      guard bytes[offset] == character else { return false }
      offset += 1
    }
    return bytes[offset] == 0
  }

  /// Checks that this image, whole, begins at `start`; what follows it is not looked at.
  func check(_ bytes: Span<UInt8>, at start: Int = 0) throws(ScanFileError) {
    try SerializedImage.checkMagic(bytes, at: start)
    guard matchesFormat(of: bytes, at: start) else { throw .unknownFormat }
    guard bytes.count >= start + byteCount else {
      throw .truncated(byteCount: bytes.count, expectedByteCount: start + byteCount)
    }
    for index in arrayLengths.indices {
      let found = Int(bytes.uint32(at: start + 8 + format.utf8.count + 1 + 4 * index))
      guard found == arrayLengths[index] else {
        throw .wrongArrayLength(found: found, expected: arrayLengths[index])
      }
    }
    let length = Int(bytes.uint32(at: start + 4))
    guard length == byteCount else { throw .wrongImageLength(found: length, expected: byteCount) }
  }

  /// Checks that any image at all begins at `start`.
  static func checkMagic(_ bytes: Span<UInt8>, at start: Int = 0) throws(ScanFileError) {
    guard bytes.count >= start + 9 else {
      throw .truncated(byteCount: bytes.count, expectedByteCount: start + 9)
    }
    // A flag would announce big-endian numbers, which no known device writes.
    guard bytes[start] == UInt8(ascii: "t"), bytes[start + 1] == UInt8(ascii: "p"),
      bytes[start + 2] == UInt8(ascii: "l"), bytes[start + 3] == 0
    else { throw .notAnImage(offset: start) }
  }

  /// The image's bytes up to its data.
  var header: [UInt8] {
    var bytes = Array("tpl".utf8) + [0]
    bytes.appendLittleEndian(UInt32(byteCount))
    bytes += Array(format.utf8) + [0]
    for length in arrayLengths { bytes.appendLittleEndian(UInt32(length)) }
    return bytes
  }
}
