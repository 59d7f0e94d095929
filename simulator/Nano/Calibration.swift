import Glibc

/// The coefficients that tie a scanner's mirror columns to wavelengths.
package struct Calibration: Equatable, Sendable {
  /// The bend of a pattern on the mirror array; not used for wavelengths.
  package var shiftVector: [Double]
  /// c0, c1, c2 of nanometres = c0 + c1·x + c2·x², x being the column.
  package var pixelToWavelength: [Double]

  /// The columns of the mirror array.
  package static let columns = 0...853

  /// Makes a calibration from three coefficients each.
  package init(shiftVector: [Double], pixelToWavelength: [Double]) {
    precondition(shiftVector.count == 3, "three shift vector coefficients")
    precondition(pixelToWavelength.count == 3, "three wavelength coefficients")
    (self.shiftVector, self.pixelToWavelength) = (shiftVector, pixelToWavelength)
  }

  /// An invented scanner's calibration, used where a recording does not know its own.
  package static let invented = Calibration(
    shiftVector: [-6, 0.05, -0.0001],
    pixelToWavelength: [1800, -0.92, -0.000235]
  )

  /// The six coefficients, packed.
  package var packed: [UInt8] {
    var data: [UInt8] = []
    for coefficient in shiftVector + pixelToWavelength { data.append(littleEndian: coefficient) }
    return data
  }

  /// The image that command 02/2A serves.
  package var image: TPLImage { TPLImage(format: "S(f#f#)", lengths: [3, 3], data: packed) }

  /// The mirror column of a wavelength in nanometres, or nil when no column has it.
  package func column(nanometres: Double) -> Double? {
    let (c0, c1, c2) = (pixelToWavelength[0], pixelToWavelength[1], pixelToWavelength[2])
    let range = Double(Calibration.columns.lowerBound)...Double(Calibration.columns.upperBound)
    guard c2 != 0 else {
      let column = (nanometres - c0) / c1
      return range.contains(column) ? column : nil
    }
    let discriminant = c1 * c1 - 4 * c2 * (c0 - nanometres)
    guard discriminant >= 0 else { return nil }
    let roots = [(-c1 + sqrt(discriminant)) / (2 * c2), (-c1 - sqrt(discriminant)) / (2 * c2)]
    return roots.first { range.contains($0) }
  }

  /// The wavelength in nanometres at the middle of a pattern that the device places at `column`.
  package func nanometres(column: Int, widthPixels: UInt8) -> Double {
    // An even number of columns has its middle between two of them.
    let middle = Double(column) - (widthPixels % 2 == 0 ? 0.5 : 0)
    return pixelToWavelength[2] * middle * middle + pixelToWavelength[1] * middle
      + pixelToWavelength[0]
  }

  /// The column of every point of a section, or nil when it leaves the mirror array.
  package func columns(of section: ScanSection) -> [Int]? {
    guard let first = column(nanometres: Double(section.startNanometres)),
      let last = column(nanometres: Double(section.endNanometres))
    else { return nil }
    let step = section.points > 1 ? (last - first) / Double(section.points - 1) : 0
    // The device adds the step up, and so must we: a product would truncate differently.
    var position = first
    return (0..<section.points).map { _ in
      defer { position += step }
      return Int(position)
    }
  }

  /// The wavelength of every point in nanometres, or nil when a section leaves the mirror array.
  package func nanometres(of sections: [ScanSection]) -> [Double]? {
    var all: [Double] = []
    for section in sections {
      guard let columns = columns(of: section) else { return nil }
      all += columns.map { nanometres(column: $0, widthPixels: section.widthPixels) }
    }
    return all
  }
}
