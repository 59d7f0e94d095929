/// What a scripted scanner says about itself when a USB bus asks.
enum ScriptedDescriptors {
  private static let device: [UInt8] = [
    18, 1, 0x10, 0x01, 0, 0, 0, 64, 0x51, 0x04, 0x00, 0x42, 0x00, 0x01, 1, 2, 3, 1,
  ]
  private static let configuration: [UInt8] = [
    9, 2, 41, 0, 1, 1, 5, 0xE0, 0xFA,
    9, 4, 0, 0, 2, 3, 0, 0, 4,
    9, 0x21, 0x11, 0x01, 0, 1, 0x22, 29, 0,
    7, 5, 0x81, 3, 64, 0, 1,
    7, 5, 0x01, 3, 64, 0, 1,
  ]

  /// The answer to a control request, or nil for a stall.
  static func answer(setup: [UInt8]) -> [UInt8]? {
    switch (setup[0], setup[1], setup[3]) {
    case (0x80, 6, 1): device
    case (0x80, 6, 2): configuration
    default: nil
    }
  }
}
