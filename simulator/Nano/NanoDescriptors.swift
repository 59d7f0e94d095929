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

  /// The strings by index.
  ///
  /// Every TI unit has the same serial number string; the real one is command 02/33.
  package static let strings = [
    "", "Texas Instruments", "Nirscan Nano", "12345678", "HID Command Interface",
    "HID NIR nano Configuration",
  ]

  /// The descriptor of string `index` in US English, index 0 being the list of languages.
  package static func string(_ index: Int) -> [UInt8]? {
    guard index > 0 else { return [4, 0x03, 0x09, 0x04] }
    guard index < strings.count else { return nil }
    let text = strings[index].utf16.flatMap { [UInt8($0 & 0xFF), UInt8($0 >> 8)] }
    return [UInt8(2 + text.count), 0x03] + text
  }
}

/// The eight bytes that begin a control transfer.
package struct SetupPacket: Equatable, Sendable {
  /// bmRequestType: direction, kind, recipient.
  package let requestType: UInt8
  /// bRequest.
  package let request: UInt8
  /// wValue.
  package let value: UInt16
  /// wIndex.
  package let index: UInt16
  /// wLength: bytes that the host sends or accepts.
  package let length: UInt16

  /// Reads the packet from its eight bytes.
  package init(bytes: [UInt8]) {
    requestType = bytes.littleEndian(at: 0)
    request = bytes.littleEndian(at: 1)
    value = bytes.littleEndian(at: 2)
    index = bytes.littleEndian(at: 4)
    length = bytes.littleEndian(at: 6)
  }

  /// Whether the data stage goes to the host.
  package var isRead: Bool { requestType & 0x80 != 0 }
}

/// Answers control requests on endpoint 0.
package enum NanoControl {
  /// The bytes for the host (empty for a request without a reply), or nil for a stall.
  ///
  /// `responseBuffer` is what the device's command task last sent: GET_REPORT shows it.
  package static func answer(_ setup: SetupPacket, responseBuffer: [UInt8]) -> [UInt8]? {
    switch (setup.requestType, setup.request) {
    case (0x80, 0x06), (0x81, 0x06): descriptor(setup)
    case (0x80, 0x00), (0x81, 0x00), (0x82, 0x00): [0, 0]  // GET_STATUS
    case (0x80, 0x08): [1]  // GET_CONFIGURATION
    case (0x81, 0x0A): [0]  // GET_INTERFACE
    case (0x00, 0x05): []  // SET_ADDRESS
    case (0x00, 0x09): setup.value <= 1 ? [] : nil  // SET_CONFIGURATION
    case (0x01, 0x0B): setup.value == 0 ? [] : nil  // SET_INTERFACE
    case (0x00...0x02, 0x01), (0x00...0x02, 0x03): []  // CLEAR_FEATURE, SET_FEATURE
    case (0x21, 0x0A): []  // SET_IDLE
    case (0xA1, 0x02): [0]  // GET_IDLE
    case (0x21, 0x09): []  // SET_REPORT: thrown away, commands come by endpoint 1 only
    case (0xA1, 0x01): Array(responseBuffer.prefix(8))  // GET_REPORT
    default: nil
    }
  }

  private static func descriptor(_ setup: SetupPacket) -> [UInt8]? {
    switch (setup.requestType, setup.value >> 8) {
    case (0x80, 0x01): NanoDescriptors.device
    case (0x80, 0x02): NanoDescriptors.configuration
    case (0x80, 0x03): NanoDescriptors.string(Int(setup.value & 0xFF))
    case (0x81, 0x21): NanoDescriptors.hid
    case (0x81, 0x22): NanoDescriptors.report
    default: nil
    }
  }
}
