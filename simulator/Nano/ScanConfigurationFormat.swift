/// The bytes of a configuration: 91 when plain, 155 when slew.
extension ScanConfiguration {
  private static let plainFormat = "S(cvc#c#vvcvv)"
  private static let slewHeadFormat = "S(cvc#c#vc)"
  private static let slewSectionsFormat = "S(ccvvvv)#"
  private static let slewHeadImageBytes = 82

  /// The images of this configuration as commands 02/1E, 02/1F and 02/20 carry them.
  package var bytes: [UInt8] {
    switch layout {
    case .plain:
      TPLImage(format: ScanConfiguration.plainFormat, lengths: [8, 40], data: plainRecord).bytes
    case .slew:
      TPLImage(format: ScanConfiguration.slewHeadFormat, lengths: [8, 40], data: slewHead).bytes
        + TPLImage(
          format: ScanConfiguration.slewSectionsFormat,
          lengths: [UInt32(ScanConfiguration.sectionLimit)],
          data: slewSections
        ).bytes
    }
  }

  /// The two images that stand between header and ADC words in a slew scan file.
  package var slewImages: [UInt8] {
    var slew = self
    slew.layout = .slew
    return slew.bytes
  }

  /// The 60 packed bytes of a plain configuration, which also stand in a plain scan file.
  package var plainRecord: [UInt8] {
    precondition(sections.count == 1, "a plain configuration has one section")
    let section = sections[0]
    var data = head(type: section.kind.rawValue)
    data.append(littleEndian: section.startNanometres)
    data.append(littleEndian: section.endNanometres)
    data.append(section.widthPixels)
    data.append(littleEndian: section.points)
    data.append(littleEndian: repeats)
    return data
  }

  private var slewHead: [UInt8] {
    var data = head(type: 2)
    data.append(littleEndian: repeats)
    data.append(UInt8(sections.count))
    return data
  }

  private var slewSections: [UInt8] {
    var data: [UInt8] = []
    for section in sections {
      data += [section.kind.rawValue, section.widthPixels]
      data.append(littleEndian: section.startNanometres)
      data.append(littleEndian: section.endNanometres)
      data.append(littleEndian: section.points)
      data.append(littleEndian: section.exposureCode)
    }
    return data + [UInt8](repeating: 0, count: 10 * ScanConfiguration.sectionLimit - data.count)
  }

  private func head(type: UInt8) -> [UInt8] {
    var data = [type]
    data.append(littleEndian: identifier)
    data.append(text: serial, width: 8)
    data.append(text: name, width: 40)
    return data
  }

  /// Reads a configuration from `bytes`, or nil when they are none that the device accepts.
  package init?(parsing bytes: [UInt8]) {
    if let data = TPLImage.data(
      of: bytes,
      at: 0,
      format: ScanConfiguration.plainFormat,
      lengths: [8, 40],
      byteCount: 60
    ) {
      self.init(plainRecord: data)
    } else if let head = TPLImage.data(
      of: bytes,
      at: 0,
      format: ScanConfiguration.slewHeadFormat,
      lengths: [8, 40],
      byteCount: 54
    ),
      let sections = TPLImage.data(
        of: bytes,
        at: ScanConfiguration.slewHeadImageBytes,
        format: ScanConfiguration.slewSectionsFormat,
        lengths: [UInt32(ScanConfiguration.sectionLimit)],
        byteCount: 10 * ScanConfiguration.sectionLimit
      )
    {
      self.init(slewHead: head, sections: sections)
    } else {
      return nil
    }
    guard isValid else { return nil }
  }

  private init?(plainRecord data: [UInt8]) {
    guard let kind = ScanKind(rawValue: data[0]) else { return nil }
    self.init(
      identifier: data.littleEndian(at: 1),
      serial: data.text(at: 3, width: 8) ?? "",
      name: data.text(at: 11, width: 40) ?? "",
      repeats: data.littleEndian(at: 58),
      sections: [
        ScanSection(
          kind: kind,
          widthPixels: data.littleEndian(at: 55),
          startNanometres: data.littleEndian(at: 51),
          endNanometres: data.littleEndian(at: 53),
          points: data.littleEndian(at: 56)
        )
      ]
    )
  }

  private init?(slewHead data: [UInt8], sections bytes: [UInt8]) {
    let count = Int(data[53])
    guard data[0] == 2, (1...ScanConfiguration.sectionLimit).contains(count) else { return nil }
    var sections: [ScanSection] = []
    for start in stride(from: 0, to: 10 * count, by: 10) {
      guard let kind = ScanKind(rawValue: bytes[start]) else { return nil }
      sections.append(
        ScanSection(
          kind: kind,
          widthPixels: bytes[start + 1],
          startNanometres: bytes.littleEndian(at: start + 2),
          endNanometres: bytes.littleEndian(at: start + 4),
          points: bytes.littleEndian(at: start + 6),
          exposureCode: bytes.littleEndian(at: start + 8)
        )
      )
    }
    self.init(
      layout: .slew,
      identifier: data.littleEndian(at: 1),
      serial: data.text(at: 3, width: 8) ?? "",
      name: data.text(at: 11, width: 40) ?? "",
      repeats: data.littleEndian(at: 51),
      sections: sections
    )
  }
}
