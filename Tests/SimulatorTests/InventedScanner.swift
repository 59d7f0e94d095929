import Spectra
import spectrasim

/// The invented scanner SIM0001, whose bytes are golden, and short recordings made by it.
enum InventedScanner {
  static let section = ScanSection(
    widthPixels: 6,
    startNanometres: 900,
    endNanometres: 1700,
    points: 228
  )

  static let configuration = ScanConfiguration(
    identifier: 113,
    serial: "SIM0001",
    name: "Column 1",
    repeats: 6,
    sections: [section]
  )

  static let signal = (0..<228).map { (point: Int) -> Int32 in
    Int32(50_000 + 1_000 * point - 4 * point * point)
  }

  /// A recording with one scan for each element, which is the number of its sample.
  static func recording(samples: [Int] = [0, 0, 1]) -> PlayableRecording {
    PlayableRecording(
      serial: "SIM0001",
      calibration: .invented,
      configuration: configuration,
      reference: signal.map { 2 * $0 },
      referenceGain: 64,
      scans: samples.enumerated().map { index, sample in
        var scan = PlayableScan(sampleNumber: sample, signal: signal.map { $0 + Int32(index) })
        (scan.systemHundredths, scan.detectorHundredths) = (2_345, 2_510)
        (scan.humidityHundredths, scan.lampPhotodiode) = (4_567, 3_000)
        return scan
      }
    )
  }

  /// A device that answers at once and pauses a second between samples.
  static func device(
    samples: [Int] = [0, 0, 1],
    speed: PlaybackSpeed = .unlimited,
    isRepeating: Bool = false,
    activeConfiguration: Int = 0
  ) -> NanoDevice {
    var options = NanoDevice.Options()
    options.speed = speed
    options.sampleGapNanoseconds = 1_000_000_000
    options.isRepeating = isRepeating
    options.activeConfiguration = activeConfiguration
    return NanoDevice(recording: recording(samples: samples), options: options, now: 0)
  }
}

extension NanoDevice {
  /// Sends one command in one packet and returns the whole reply, packets joined.
  func reply(to hex: String, now: UInt64 = 0) -> [UInt8] {
    receive(GoldenBytes.bytes(hex: hex), now: now)
    return drain(now: now)
  }

  /// All packets that are ready, joined.
  func drain(now: UInt64 = 0) -> [UInt8] {
    var bytes: [UInt8] = []
    while case .packet(let packet) = takeInput(now: now) { bytes += packet }
    return bytes
  }

  /// The data of the reply to a command, without header and padding.
  func data(for hex: String, now: UInt64 = 0) -> [UInt8] {
    let reply = reply(to: hex, now: now)
    guard reply.count >= 4 else { return [] }
    return Array(reply.dropFirst(4).prefix(Int(reply[2]) + Int(reply[3]) << 8))
  }

  /// Reads a whole file as hosts do.
  func file(_ type: UInt8, now: UInt64 = 0) -> [UInt8] {
    let size: UInt32 = data(for: "C000 0300 2D00 0" + String(type), now: now).littleEndian(at: 0)
    var bytes: [UInt8] = []
    while bytes.count < Int(size) {
      let chunk = data(for: "C000 0200 2E00", now: now)
      if chunk.isEmpty { break }
      bytes += chunk
    }
    return bytes
  }
}
