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

/// Answers control requests on endpoint 0 and keeps what they set.
package struct NanoControl: Sendable {
  private static let endpoints: [UInt16] = [0x00, 0x80, 0x01, 0x81]

  private let strings: [String]
  /// USB/IP servers export devices that are configured.
  private var configuration: UInt8 = 1
  private var canWakeHost = false
  private var halted: Set<UInt8> = []

  /// Makes the endpoint of a device with these strings.
  package init(strings: [String]) { self.strings = strings }

  /// Forgets what hosts have set, as when the cable is pulled.
  package mutating func reset() { self = NanoControl(strings: strings) }

  /// Whether an interrupt endpoint refuses transfers until its halt is cleared.
  package func isHalted(endpoint: UInt8) -> Bool { halted.contains(endpoint) }

  /// Halts an interrupt endpoint.
  package mutating func halt(endpoint: UInt8) { halted.insert(endpoint) }

  /// The bytes for the host (empty for a request without a reply), or nil for a stall.
  ///
  /// `responseBuffer` is what the device's command task last sent: GET_REPORT shows it.
  package mutating func answer(_ setup: SetupPacket, responseBuffer: [UInt8]) -> [UInt8]? {
    switch (setup.requestType, setup.request) {
    case (0x80, 0x06), (0x81, 0x06): descriptor(setup)
    case (0x80...0x82, 0x00): status(setup)
    case (0x80, 0x08): [configuration]  // GET_CONFIGURATION
    case (0x81, 0x0A): setup.index == 0 ? [0] : nil  // GET_INTERFACE
    case (0x00, 0x05): []  // SET_ADDRESS
    case (0x00, 0x09): setConfiguration(setup.value)
    case (0x01, 0x0B): setInterface(setup)
    case (0x00...0x02, 0x01): setFeature(setup, to: false)
    case (0x00...0x02, 0x03): setFeature(setup, to: true)
    case (0x21, 0x0A): []  // SET_IDLE
    case (0xA1, 0x02): [0]  // GET_IDLE: no periodic reports
    case (0x21, 0x09): []  // SET_REPORT: thrown away, commands come by endpoint 1 only
    case (0xA1, 0x01): Array(responseBuffer.prefix(8))  // GET_REPORT
    default: nil  // also SET_PROTOCOL and GET_PROTOCOL: no boot device
    }
  }

  private func descriptor(_ setup: SetupPacket) -> [UInt8]? {
    let index = Int(setup.value & 0xFF)
    return switch (setup.requestType, setup.value >> 8) {
    case (0x80, 0x01) where index == 0: NanoDescriptors.device
    case (0x80, 0x02) where index == 0: NanoDescriptors.configuration
    case (0x80, 0x03): NanoDescriptors.string(index, of: strings)
    case (0x81, 0x21) where setup.index == 0: NanoDescriptors.hid
    case (0x81, 0x22) where setup.index == 0: NanoDescriptors.report
    // A device that knows full speed only has no qualifier, and before USB 2.1 no object store.
    default: nil
    }
  }

  private func status(_ setup: SetupPacket) -> [UInt8]? {
    switch setup.requestType {
    case 0x80: [canWakeHost ? 0b11 : 0b01, 0]  // self-powered
    case 0x81: setup.index == 0 ? [0, 0] : nil
    default:
      NanoControl.endpoints.contains(setup.index)
        ? [halted.contains(UInt8(setup.index)) ? 1 : 0, 0] : nil
    }
  }

  private mutating func setConfiguration(_ value: UInt16) -> [UInt8]? {
    guard value <= 1 else { return nil }
    configuration = UInt8(value)
    halted = []
    return []
  }

  private mutating func setInterface(_ setup: SetupPacket) -> [UInt8]? {
    guard setup.value == 0, setup.index == 0 else { return nil }
    halted = []
    return []
  }

  private mutating func setFeature(_ setup: SetupPacket, to isOn: Bool) -> [UInt8]? {
    switch (setup.requestType, setup.value) {
    case (0x00, 1): canWakeHost = isOn
    case (0x02, 0) where NanoControl.endpoints.contains(setup.index):
      let endpoint = UInt8(setup.index)
      // Endpoint 0 recovers from a stall by itself.
      if isOn, endpoint & 0x0F != 0 { halted.insert(endpoint) } else { halted.remove(endpoint) }
    default: return nil
    }
    return []
  }
}
