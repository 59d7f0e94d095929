import Spectra
import Testing

@Suite(
  .enabled(
    if: SharedData.path("nirscan_powders/raw") != nil,
    "needs nirscan_powders, nirscan_blobs and bloods in ../shared/data or $TEST_SHARED_DATA"
  )
)
struct MeasuredRecordingTests {
  private static func read(
    _ name: String,
    _ options: RecordingReadOptions = .init()
  ) throws -> Recording {
    try RecordingReader.read(paths: [try #require(SharedData.path(name))], options: options)
  }

  /// The sums that Tests/Golden/recordings/make_powders.py computed, by group and column.
  private static func goldenSums() throws -> [[String: String]] {
    let folder = SharedData.packageRoot + "/Tests/Golden/recordings"
    let bytes = try #require(TemporaryFolder.bytes(ofFile: folder + "/powders.txt"))
    let text = String(decoding: bytes, as: UTF8.self)
    let rows = text.split(separator: "\n").map { $0.split(separator: " ").map(String.init) }
    return rows.dropFirst().map { Dictionary(uniqueKeysWithValues: zip(rows[0], $0)) }
  }

  @Test func `all 1,100 powder scans arrive unchanged`() throws {
    let recording = try MeasuredRecordingTests.read("nirscan_powders/raw")
    #expect(recording.scans.count == 1_100)
    #expect(recording.wavelengthsNanometres.count == 228)
    #expect(recording.scanner.serialNumber == "6100014")
    #expect(recording.scanner.patternWidthPixels == 6)
    #expect(Set(recording.scans.compactMap(\.sample)).count == 220)
    for golden in try MeasuredRecordingTests.goldenSums() {
      let group = try #require(golden["group"])
      let scans = recording.scans.filter { $0.sample?.hasPrefix(group + "/") == true }
      var sums = PowderSums()
      for (index, scan) in scans.enumerated() { sums.add(scan, of: recording, number: index + 1) }
      for (column, sum) in sums.columns {
        #expect(golden[column] == String(sum), "\(group) \(column)")
      }
    }
  }

  @Test func `the powder scans survive the native format`() throws {
    let recording = try MeasuredRecordingTests.read("nirscan_powders/raw/group07")
    let folder = try TemporaryFolder()
    let path = folder.path + "/powders.scans.ndjson"
    try RecordingConversion.write(recording, to: path)
    #expect(try RecordingReader.read(paths: [path]) == recording)
  }

  @Test func `the absorbance of the powders survives JCAMP-DX`() throws {
    let recording = try MeasuredRecordingTests.read("nirscan_powders/raw/group07")
    let folder = try TemporaryFolder()
    let path = folder.path + "/powders.jdx"
    try RecordingConversion.write(recording, to: path)
    let again = try RecordingReader.read(paths: [path])
    #expect(again.wavelengthsNanometres == recording.wavelengthsNanometres)
    #expect(again.scanner.serialNumber == recording.scanner.serialNumber)
    #expect(again.scans.map(\.sample) == recording.scans.map(\.sample))
    #expect(again.scans.map(\.temperatureCelsius) == recording.scans.map(\.temperatureCelsius))
    for (left, right) in zip(again.scans, recording.scans) {
      let pairs = zip(left.absorbanceValues, right.absorbanceValues)
      #expect(pairs.allSatisfy { $0 == $1 || ($0.isNaN && $1.isNaN) })
    }
  }

  @Test func `the newer header of the same program is read`() throws {
    let recording = try MeasuredRecordingTests.read("nirscan_blobs/C_5510004.csv")
    let scan = try #require(recording.scans.first)
    #expect(recording.wavelengthsNanometres.count == 228)
    #expect(recording.wavelengthsNanometres.first == 901.509839)
    #expect(recording.scanner.serialNumber == "5510004")
    #expect(recording.scanner.patternWidthPixels == 6)
    #expect(scan.sampleSignal?.first == 72657)
    #expect(scan.referenceSignal?.first == 108485)
    #expect(abs(scan.absorbanceValues[0] - 0.174092) < 5e-7)
    #expect((scan.temperatureCelsius, scan.detectorTemperatureCelsius) == (37.31, 39.38))
    #expect((scan.relativeHumidityPercent, scan.lampPhotodiode) == (3, 3803))
    #expect(scan.deviceTime == Timestamp("2024-11-19T09:33:31Z"))
  }

  @Test func `wide CSV files of blood and powders are read`() throws {
    let labels = ["hdl_cholesterol_human", "hemoglobin(hgb)_human", "cholesterol_ldl_human"]
    let donations = try MeasuredRecordingTests.read(
      "bloods/donations_mean_355.csv",
      RecordingReadOptions(
        axisNanometres: 900...1700,
        labels: labels.compactMap { LabelColumn($0 + "=low,ok,high") }
      )
    )
    #expect(donations.scans.count == 355)
    #expect(donations.wavelengthsNanometres.count == 170)
    #expect(donations.scans[0].sample == "1975")
    #expect(donations.scans[0].absorbance?[0] == 0.5050552704759765)
    #expect(donations.scans[0].labels == [labels[0]: "low", labels[1]: "ok", labels[2]: "ok"])

    let raw = try MeasuredRecordingTests.read(
      "bloods/train_v1_head5_full.csv",
      RecordingReadOptions(
        axisNanometres: 900...1700,
        sampleFrom: SamplePattern("{Reading_ID}")
      )
    )
    #expect(raw.scans.map(\.sample).first == "ID_3SSHI56C")
    #expect(raw.scans[1].labels[labels[2]] == "high")
    #expect(
      (raw.scans[0].temperatureCelsius, raw.scans[0].relativeHumidityPercent) == (42.51, 34.01)
    )

    let powders = try MeasuredRecordingTests.read(
      "nirscan_powders/nirscan_sc_170.csv",
      RecordingReadOptions(axisNanometres: 900...1700, sampleFrom: SamplePattern("{sample_id}"))
    )
    #expect(powders.scans.count == 1_100)
    #expect(powders.scans[0].sample == "g01_acetaminophen")
  }
}

/// The sums of make_powders.py, computed from what was read.
private struct PowderSums {
  private(set) var columns: [String: Int] = [:]

  mutating func add(_ scan: Scan, of recording: Recording, number: Int) {
    columns["files", default: 0] += 1
    func add(_ column: String, _ value: Int?) {
      columns[column, default: 0] += number * (value ?? -1)
    }
    func hundredths(_ value: Double?) -> Int? { value.map { Int(($0 * 100).rounded()) } }
    add("temperature", hundredths(scan.temperatureCelsius))
    add("detector", hundredths(scan.detectorTemperatureCelsius))
    add("humidity", hundredths(scan.relativeHumidityPercent))
    add("lamp", scan.lampPhotodiode)
    add("gain", scan.gain)
    add("repeats", scan.repeats)
    add("serial", recording.scanner.serialNumber.flatMap { Int($0) })
    add("time", scan.deviceTime.map { Int($0.microsecondsSinceEpoch / 1_000_000) })
    for point in recording.wavelengthsNanometres.indices {
      let weight = number * 1009 + point + 1
      let wavelength = Int((recording.wavelengthsNanometres[point] * 1e6).rounded())
      columns["wavelengths", default: 0] += weight * wavelength
      columns["reference", default: 0] += weight * Int(scan.referenceSignal?[point] ?? -1)
      columns["sample", default: 0] += weight * Int(scan.sampleSignal?[point] ?? -1)
    }
  }
}
