/// What the scanner tells about itself on endpoint 0, byte for byte as TI's firmware has it.
package enum NanoDescriptors {
  /// TI's vendor id.
  package static let vendor: UInt16 = 0x0451
  /// The NIRscan Nano's product id; InnoSpectra's units use the same.
  package static let product: UInt16 = 0x4200
  /// Device release 1.00.
  package static let release: UInt16 = 0x0100
  /// Bytes of every HID report and of every interrupt packet.
  package static let reportBytes = 64

  /// The device descriptor: USB 1.10, class in the interface, strings 1 to 3.
  package static let device: [UInt8] = [
    18, 0x01, 0x10, 0x01, 0, 0, 0, 64, 0x51, 0x04, 0x00, 0x42, 0x00, 0x01, 1, 2, 3, 1,
  ]

  /// The configuration with its interface, HID and endpoint descriptors.
  package static let configuration: [UInt8] =
    [9, 0x02, 41, 0, 1, 1, 5, 0xE0, 0xFA]  // self-powered, remote wake-up, 500 mA
    + [9, 0x04, 0, 0, 2, 3, 0, 0, 4]
    + hid
    + [7, 0x05, 0x81, 3, 64, 0, 1]
    + [7, 0x05, 0x01, 3, 64, 0, 1]

  /// HID 1.11 with one report descriptor.
  package static let hid: [UInt8] = [9, 0x21, 0x11, 0x01, 0, 1, 0x22, 29, 0]

  /// Vendor page 0xFF00, no report ids, 64 bytes each of input, output and feature.
  package static let report: [UInt8] = [
    0x06, 0x00, 0xFF, 0x0A, 0x00, 0xFF, 0xA1, 0x01, 0x15, 0x00, 0x25, 0xFF, 0x75, 0x08, 0x95, 0x40,
    0x09, 0x01, 0x81, 0x00, 0x09, 0x02, 0x91, 0x00, 0x09, 0x03, 0xB1, 0x02, 0xC0,
  ]

  /// The descriptor of string `index` in US English, index 0 being the list of languages.
  package static func string(_ index: Int, of strings: [String]) -> [UInt8]? {
    guard index > 0 else { return [4, 0x03, 0x09, 0x04] }
    guard index < strings.count else { return nil }
    let text = strings[index].utf16.flatMap { [UInt8($0 & 0xFF), UInt8($0 >> 8)] }
    return [UInt8(2 + text.count), 0x03] + text
  }
}
