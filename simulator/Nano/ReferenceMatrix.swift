/// How the reference signal depends on the pattern width: file 3 of the device.
///
/// TI's own table is not ours to serve. Hosts only use ratios between rows, so any positive table
/// that grows with the width serves; this one follows the lamp curve.
package enum ReferenceMatrix {
  /// The file's size; the image is shorter and zeros follow.
  package static let byteCount = 2428

  private static let widths: [UInt8] = [
    1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 12, 14, 16, 18, 20, 25, 30, 40, 50,
  ]
  private static let wavelengthCount = 50

  /// Counts in proportion to a pattern's light: nearly its width.
  package static func light(widthPixels: UInt8) -> Double { Double(widthPixels) - 0.2 }

  /// The file.
  package static let bytes: [UInt8] = {
    let nanometres = (0..<wavelengthCount).map { index in
      900.77 + Double(index) * (1700.61 - 900.77) / Double(wavelengthCount - 1)
    }
    var data = widths
    for wavelength in nanometres { data.append(littleEndian: wavelength) }
    for width in widths {
      for wavelength in nanometres {
        let value = 1_300 * LampCurve.relativeIntensity(nanometres: wavelength)
        data.append(littleEndian: UInt16((value * light(widthPixels: width)).rounded()))
      }
    }
    let lengths = [widths.count, wavelengthCount, widths.count, wavelengthCount].map(UInt32.init)
    let image = TPLImage(format: "S(c#f#v##)", lengths: lengths, data: data).bytes
    return image + [UInt8](repeating: 0, count: byteCount - image.count)
  }()
}
