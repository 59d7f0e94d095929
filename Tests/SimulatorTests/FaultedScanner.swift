import Spectra
import spectrasim

/// The invented scanner with a fault script, and what tests ask of it.
extension InventedScanner {
  static let start = "40 01 03 00 18 02 00"
  static let second: UInt64 = 1_000_000_000

  /// A device of `scanCount` scans in one sample to which the lines of `script` happen.
  static func device(
    script: String,
    scanCount: Int = 6,
    speed: PlaybackSpeed = .unlimited,
    maker: Maker = .texasInstruments
  ) throws -> NanoDevice {
    var options = NanoDevice.Options()
    options.speed = speed
    options.sampleGapNanoseconds = second
    options.maker = maker
    options.faults = try FaultScript(parsing: script).faults
    let samples = [Int](repeating: 0, count: scanCount)
    return NanoDevice(recording: recording(samples: samples), options: options, now: 0)
  }
}

extension NanoDevice {
  /// The faults that have happened, as "scan: sentence"; other notices are lost.
  func takeFaults() -> [String] {
    takeNotices().compactMap { notice in
      guard case .fault(let firing) = notice else { return nil }
      return "\(firing.scan): \(firing.sentence)"
    }
  }

  /// Starts a scan and reads its file; the number of the recorded scan in it, counted from 1.
  func scan(now: UInt64 = 0) -> Int? {
    guard reply(to: InventedScanner.start, now: now).first == 0x40 else { return nil }
    return recordedScan(now: now)
  }

  /// Reads the scan's file; the number of the recorded scan in it, counted from 1.
  func recordedScan(now: UInt64 = 0) -> Int? {
    let signal = ScanFileReading.signal(file(0, now: now))
    guard let first = signal.first else { return nil }
    return Int(first - InventedScanner.signal[0]) + 1
  }

  /// Sends CLEAR_FEATURE(ENDPOINT_HALT) for the IN endpoint.
  func clearHalt() { _ = answer(SetupPacket(bytes: [0x02, 1, 0, 0, 0x81, 0, 0, 0])) }
}
