package import Spectra

/// Turns scan files of one scanner into frames, with the reference brought to each scan.
///
/// What depends on the configuration alone (wavelengths and the reference at them) is computed when
/// that changes and kept. Nothing is allocated after `init` and `setReference`.
package struct ScanDecoder: ~Copyable {
  /// What the kept wavelengths and reference were computed for.
  private struct Grid: Equatable, BitwiseCopyable {
    var section: ScanSection
    var pixelToWavelength: PixelToWavelength
  }

  private var grid: Grid?
  private var gridRevision: UInt32 = 0
  private var wavelengths = FixedArray<Double>(repeating: 0, count: Limits.wavelengths)
  private var wavelengthCount = 0
  private var candidates = FixedArray<Double>(repeating: 0, count: Limits.wavelengths)
  private var reference: ReferenceScan?
  /// The gain that the reference was measured with; 0 when there is no reference.
  private var referenceGain: UInt8 = 0
  private var referenceSignal = FixedArray<Int32>(repeating: 0, count: Limits.wavelengths)
  /// Why the reference does not serve the current grid; nil when it does, or when there is none.
  package private(set) var referenceFault: ScanFileError?

  /// Prepares to decode, without a reference so far.
  package init() {}

  /// Forgets the previous reference and reads a new one; on an error there is none.
  ///
  /// `matrix` is the scanner's matrix file, or empty when it has none: then the reference serves
  /// only scans of its own pattern width.
  package mutating func setReference(
    _ file: Span<UInt8>,
    matrix: Span<UInt8>
  ) throws(ScanFileError) {
    forgetReference()
    let parsed: ReferenceMatrix? = matrix.isEmpty ? nil : try ReferenceMatrix(parsing: matrix)
    let scan = try ReferenceScan(parsing: file, matrix: parsed)
    referenceGain = scan.file.gain
    reference = consume scan
  }

  /// Forgets the reference: absorbance has no values from now on.
  package mutating func forgetReference() {
    reference = nil
    referenceGain = 0
    referenceFault = nil
    grid = nil
  }

  /// Decodes a plain Column file into `frame`; on an error the frame's content is undefined.
  package mutating func decode(
    _ bytes: Span<UInt8>,
    arrival: ScanArrival,
    into frame: inout ScanFrame
  ) throws(ScanFileError) {
    let file = try ScanFile(parsing: bytes)
    let current = Grid(section: file.section, pixelToWavelength: file.pixelToWavelength)
    if grid != current { try changeGrid(to: current) }
    let count = file.section.patterns
    frame.header = ScanHeader(file, arrival: arrival)
    frame.header.gridRevision = gridRevision
    frame.header.maximumRawCount = file.decodeSignal(of: bytes, into: &frame.sampleSignal)
    frame.wavelengthsNanometres.copyPrefix(count, of: wavelengths)
    let hasReference = fillReference(of: &frame, gain: file.gain, count: count)
    frame.header.referenceKind = hasReference ? .factory : .none
    for index in 0..<count {
      frame.absorbance[index] = Absorbance.value(
        sampleSignal: frame.sampleSignal[index],
        referenceSignal: frame.referenceSignal[index]
      )
    }
  }

  private mutating func changeGrid(to new: Grid) throws(ScanFileError) {
    grid = nil
    referenceFault = nil
    let count = new.section.patterns
    try new.pixelToWavelength.fillWavelengths(of: new.section, into: &candidates)
    var isSame = gridRevision > 0 && wavelengthCount == count
    for index in 0..<count where isSame { isSame = candidates[index] == wavelengths[index] }
    if !isSame {
      gridRevision += 1
      wavelengthCount = count
      wavelengths.copyPrefix(count, of: candidates)
    }
    do throws(ScanFileError) {
      try reference?.fill(for: new.section, at: wavelengths, into: &referenceSignal)
    } catch {
      // The scan is still worth storing; clients are told that it has no reference.
      referenceFault = error
    }
    grid = new
  }

  /// Writes the reference at the scan's gain; returns false, with zeros, where there is none.
  private func fillReference(of frame: inout ScanFrame, gain: UInt8, count: Int) -> Bool {
    // A gain of 0 is the device's failure to set one, so the signals cannot be compared.
    guard referenceFault == nil, gain > 0, referenceGain > 0 else {
      for index in 0..<count { frame.referenceSignal[index] = 0 }
      return false
    }
    frame.referenceSignal.copyPrefix(count, of: referenceSignal)
    guard gain != referenceGain else { return true }
    for index in 0..<count {
      let scaled = Int64(frame.referenceSignal[index]) * Int64(gain) / Int64(referenceGain)
      frame.referenceSignal[index] = Int32(clamping: scaled)
    }
    return true
  }
}

/// When a scan file arrived, and what the scanner said about its sensors.
package struct ScanArrival: Sendable, BitwiseCopyable {
  /// CLOCK_REALTIME when the last report arrived.
  package var time: Timestamp
  /// CLOCK_MONOTONIC in nanoseconds when the last report arrived.
  package var monotonicNanoseconds: UInt64
  /// The scanner's error bits after the scan.
  package var errorBits: NanoErrorBits

  /// Makes an arrival from its parts.
  package init(time: Timestamp, monotonicNanoseconds: UInt64, errorBits: NanoErrorBits) {
    (self.time, self.monotonicNanoseconds) = (time, monotonicNanoseconds)
    self.errorBits = errorBits
  }
}

extension ScanHeader {
  /// Makes the header of a scan from what its file says; the grid's revision comes later.
  fileprivate init(_ file: ScanFile, arrival: ScanArrival) {
    self.init()
    pointCount = file.section.patterns
    time = arrival.time
    monotonicNanoseconds = arrival.monotonicNanoseconds
    deviceTime = file.deviceTime
    if !arrival.errorBits.contains(.humiditySensor) {
      temperatureCelsius = celsius(hundredths: file.temperatureHundredths)
      // The sensor gives 0 to 100 %; a failed reading of -1 is stored as 655.35 %.
      relativeHumidityPercent =
        file.humidityHundredths <= 10_000 ? Double(file.humidityHundredths) / 100 : nil
    }
    if !arrival.errorBits.contains(.temperatureSensor) {
      detectorTemperatureCelsius = celsius(hundredths: file.detectorTemperatureHundredths)
    }
    lampPhotodiode = Int32(file.lampPhotodiode)
    gain = Int32(file.gain)
    repeats = Int32(file.repeats)
    scanIndex = file.scanIndex
  }
}

/// °C of a stored temperature; nil for a failed reading.
///
/// A failure is stored as -1; both sensors measure from -40 to 125 °C.
private func celsius(hundredths: Int16) -> Double? {
  guard hundredths != -1, (-4_000...12_500).contains(hundredths) else { return nil }
  return Double(hundredths) / 100
}
