package import Spectra

/// Turns scan files of one scanner into frames, with a reference brought to each scan.
///
/// It holds two references: the factory's, and one that a user measured. What depends on the
/// configuration alone (wavelengths and the references at them) is computed when that changes and
/// kept. Nothing is allocated for a scan.
package struct ScanDecoder: ~Copyable {
  /// Which reference is taken where both serve: the factory's, or with `user` the user's.
  ///
  /// Where only one serves it is that one.
  package var preferredReference = ReferenceKind.factory

  private var grid = ScanGrid()
  private var matrix: ReferenceMatrix?
  private var factoryReference = ReferenceScan()
  private var userReference = ReferenceScan()
  /// The counts of each pattern, in the order of measurement.
  private var patternSignal = FixedArray<Int32>(repeating: 0, count: Limits.wavelengths)

  /// Prepares to decode, without a reference so far.
  package init() {}

  /// Reads the scanner's matrix file, which brings a reference to another pattern width.
  ///
  /// On an error there is none: then references serve only scans of their own pattern width.
  package mutating func setMatrix(_ file: Span<UInt8>) throws(ScanFileError) {
    grid.forget()
    matrix = nil
    matrix = try ReferenceMatrix(parsing: file)
  }

  /// Reads the reference file that the scanner's maker stored; on an error there is none.
  package mutating func setFactoryReference(_ file: Span<UInt8>) throws(ScanFileError) {
    grid.forget()
    factoryReference = ReferenceScan()
    factoryReference = try ReferenceScan(parsing: file, measuredAt: nil)
  }

  /// Reads the file of a scan that the user made of a white standard; an error changes nothing.
  package mutating func setUserReference(
    _ file: Span<UInt8>,
    measuredAt time: Timestamp
  ) throws(ScanFileError) {
    userReference = try ReferenceScan(parsing: file, measuredAt: time)
    grid.forget()
  }

  /// Forgets both references and the matrix: absorbance has no values from now on.
  package mutating func forgetReferences() {
    grid.forget()
    matrix = nil
    factoryReference = ReferenceScan()
    userReference = ReferenceScan()
  }

  /// Whether there is a reference at all, serving the current configuration or not.
  package var hasReference: Bool { factoryReference.file != nil || userReference.file != nil }

  /// Why no reference serves the current configuration; nil when one does, or when there is none.
  package var referenceFault: ScanFileError? {
    let servesFactory = factoryReference.file != nil && factoryReference.fault == nil
    let servesUser = userReference.file != nil && userReference.fault == nil
    guard !servesFactory, !servesUser else { return nil }
    return preferredReference == .user
      ? userReference.fault ?? factoryReference.fault
      : factoryReference.fault ?? userReference.fault
  }

  /// Decodes a Column file into `frame`; on an error the frame's content is undefined.
  package mutating func decode(
    _ bytes: Span<UInt8>,
    arrival: ScanArrival,
    into frame: inout ScanFrame
  ) throws(ScanFileError) {
    let file = try ScanFile(parsing: bytes)
    if try grid.update(for: file) {
      factoryReference.fit(to: file.sections, at: grid.patternWavelengths, matrix: &matrix)
      userReference.fit(to: file.sections, at: grid.patternWavelengths, matrix: &matrix)
    }
    frame.header = ScanHeader(file, arrival: arrival)
    frame.header.pointCount = grid.pointCount
    frame.header.gridRevision = grid.revision
    frame.header.maximumRawCount = file.decodeSignal(of: bytes, into: &patternSignal)
    frame.wavelengthsNanometres.copyPrefix(grid.pointCount, of: grid.wavelengths)
    for point in 0..<grid.pointCount {
      frame.sampleSignal[point] = patternSignal[Int(grid.patternOfPoint[point])]
    }
    fillReference(of: &frame, gain: file.header.gain)
    for point in 0..<grid.pointCount {
      frame.absorbance[point] = Absorbance.value(
        sampleSignal: frame.sampleSignal[point],
        referenceSignal: frame.referenceSignal[point]
      )
    }
  }

  /// Writes the reference at the scan's gain, or zeros where none serves.
  private func fillReference(of frame: inout ScanFrame, gain: UInt8) {
    let prefersUser = preferredReference == .user
    let kinds: (ReferenceKind, ReferenceKind) = prefersUser ? (.user, .factory) : (.factory, .user)
    if serves(kinds.0, gain: gain) {
      fill(kinds.0, into: &frame, gain: gain)
    } else if serves(kinds.1, gain: gain) {
      fill(kinds.1, into: &frame, gain: gain)
    } else {
      for point in 0..<grid.pointCount { frame.referenceSignal[point] = 0 }
    }
  }

  private func serves(_ kind: ReferenceKind, gain: UInt8) -> Bool {
    kind == .user ? userReference.serves(gain: gain) : factoryReference.serves(gain: gain)
  }

  private func fill(_ kind: ReferenceKind, into frame: inout ScanFrame, gain: UInt8) {
    for point in 0..<grid.pointCount {
      let pattern = Int(grid.patternOfPoint[point])
      frame.referenceSignal[point] =
        kind == .user
        ? userReference.counts(ofPattern: pattern, gain: gain)
        : factoryReference.counts(ofPattern: pattern, gain: gain)
    }
    frame.header.referenceKind = kind
    guard kind == .user, let time = userReference.measuredAt else { return }
    // A host whose clock was set back would see a reference from the future.
    let age = frame.header.time.microsecondsSinceEpoch - time.microsecondsSinceEpoch
    frame.header.referenceAgeSeconds = max(0, Double(age) / 1_000_000)
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
  /// Makes the header of a scan from what its file says; the grid's part comes later.
  fileprivate init(_ file: ScanFile, arrival: ScanArrival) {
    self.init()
    time = arrival.time
    monotonicNanoseconds = arrival.monotonicNanoseconds
    // What the device says, also where its clock was never set: the session tells that.
    deviceTime = file.header.deviceTime
    if !arrival.errorBits.contains(.humiditySensor) {
      temperatureCelsius = file.header.temperatureCelsius
      relativeHumidityPercent = file.header.relativeHumidityPercent
    }
    if !arrival.errorBits.contains(.temperatureSensor) {
      detectorTemperatureCelsius = file.header.detectorTemperatureCelsius
    }
    lampPhotodiode = Int32(file.header.lampPhotodiode)
    gain = Int32(file.header.gain)
    repeats = Int32(file.repeats)
    scanIndex = file.header.scanIndex
  }
}
