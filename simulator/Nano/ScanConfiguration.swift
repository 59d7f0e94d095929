/// How the patterns of a section are shown.
package enum ScanKind: UInt8, Sendable {
  /// One column of light per point.
  case column = 0
  /// Hadamard patterns, which the host decodes.
  case hadamard = 1
}

/// One range of wavelengths that is scanned with one pattern width.
package struct ScanSection: Equatable, Sendable {
  /// How the patterns are shown.
  package var kind = ScanKind.column
  /// Width of a pattern in DMD columns.
  package var widthPixels: UInt8
  /// First wavelength in nanometres.
  package var startNanometres: UInt16
  /// Last wavelength in nanometres.
  package var endNanometres: UInt16
  /// How many points are measured between the two.
  package var points: UInt16
  /// Code of the exposure time; 0 is 635 µs.
  package var exposureCode: UInt16 = 0

  /// Makes a section from its parts.
  package init(
    kind: ScanKind = .column,
    widthPixels: UInt8,
    startNanometres: UInt16,
    endNanometres: UInt16,
    points: UInt16,
    exposureCode: UInt16 = 0
  ) {
    (self.kind, self.widthPixels, self.points) = (kind, widthPixels, points)
    (self.startNanometres, self.endNanometres) = (startNanometres, endNanometres)
    self.exposureCode = exposureCode
  }
}

/// A scan configuration in one of the two layouts that the device knows.
package struct ScanConfiguration: Equatable, Sendable {
  /// How a configuration and the scans made with it are laid out.
  package enum Layout: Equatable, Sendable {
    /// One section, one record.
    case plain
    /// One to five sections; TI's newer programs always use it.
    case slew
  }

  /// The most patterns that one scan may show.
  package static let patternLimit = 624
  /// The most sections of a slew configuration.
  package static let sectionLimit = 5

  /// How it is laid out.
  package var layout = Layout.plain
  /// The device's number for this configuration.
  package var identifier: UInt16
  /// The serial number stored with it, at most 8 bytes.
  package var serial: String
  /// Its name, at most 39 bytes.
  package var name: String
  /// How many passes are averaged.
  package var repeats: UInt16
  /// One section when plain, up to five when slew.
  package var sections: [ScanSection]

  /// Makes a configuration from its parts.
  package init(
    layout: Layout = .plain,
    identifier: UInt16,
    serial: String,
    name: String,
    repeats: UInt16,
    sections: [ScanSection]
  ) {
    (self.layout, self.identifier, self.serial) = (layout, identifier, serial)
    (self.name, self.repeats, self.sections) = (name, repeats, sections)
  }

  /// How many points a scan with this configuration has.
  package var pointCount: Int { sections.reduce(0) { $0 + Int($1.points) } }

  /// Whether the device would accept it.
  package var isValid: Bool {
    guard repeats >= 1, (1...ScanConfiguration.sectionLimit).contains(sections.count) else {
      return false
    }
    let areSectionsValid = sections.allSatisfy {
      $0.points >= 1 && $0.widthPixels >= 1 && $0.startNanometres < $0.endNanometres
    }
    guard areSectionsValid, pointCount <= ScanConfiguration.patternLimit else { return false }
    guard layout == .plain else { return true }
    return sections.count == 1 && sections[0].startNanometres >= 900
      && sections[0].endNanometres <= 1700
  }

  /// Whether two configurations measure the same points, whatever they are called.
  package func measuresSamePoints(as other: ScanConfiguration) -> Bool {
    func shape(_ sections: [ScanSection]) -> [ScanSection] {
      sections.map {
        var section = $0
        section.exposureCode = 0
        return section
      }
    }
    return shape(sections) == shape(other.sections)
  }
}
