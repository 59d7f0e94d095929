import Foundation
import Spectra
import Testing
import spectrasim

/// Scans of a real NIRscan Nano, kept outside the project: `nirscan_powders/raw`.
private let powders: String? = {
  let variable = ProcessInfo.processInfo.environment["TEST_SHARED_DATA"]
  let beside = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
    .appendingPathComponent("../../../shared/data").standardized.path
  let folder = (variable ?? beside) + "/nirscan_powders/raw"
  return FileManager.default.fileExists(atPath: folder) ? folder : nil
}()

struct RealScansTests {
  @Test(
    .enabled(if: powders != nil, "needs nirscan_powders/raw of the shared data"),
    arguments: ["group01", "group20"]
  )
  func `real scans go out exactly as they were recorded`(group: String) throws {
    let folder = try #require(powders) + "/" + group
    let recording = try RecordingReader.read(paths: [folder])
    let (playable, report) = try RecordingPreparation.prepare(recording)
    guard case .refined(let error) = report.grid else {
      Issue.record("grid is \(report.grid)")
      return
    }
    #expect(error < 1e-5)
    #expect(report.scansRescaled == 0)
    #expect(playable.sampleCount == 11)
    var options = NanoDevice.Options()
    (options.speed, options.sampleGapNanoseconds) = (.unlimited, 0)
    let device = NanoDevice(recording: playable, options: options, now: 0)
    for scan in recording.scans {
      #expect(device.reply(to: "40 01 03 00 18 02 00")[0] == 0x40)
      let file = device.file(0)
      #expect(ScanFileReading.signal(file) == scan.sampleSignal)
      #expect(
        ScanFileReading.hundredths(file) == [
          scan.temperatureCelsius, scan.detectorTemperatureCelsius, scan.relativeHumidityPercent,
        ]
      )
      #expect(Int(file.littleEndian(at: 81 + 37, as: UInt16.self)) == scan.lampPhotodiode)
    }
    #expect(ScanFileReading.signal(device.file(2)) == recording.scans[0].referenceSignal)
  }
}
