import Acquisition
import Spectra
import Synchronization
import Testing

@Suite struct MeasuredReferenceTests {
  @Test func `a measured reference is used from then on and can be stored`() throws {
    let wire = ScriptedTransport.Wire()
    var decoder = ScanDecoder()
    decoder.preferredReference = .user
    var session = try preparedSession(wire, &decoder)
    let before = Timestamp.now()
    let measured = try session.measureReference(for: &decoder)
    let reference = try #require(measured)
    #expect(reference.serialNumber == "SIM0001")
    #expect(reference.time >= before && reference.time <= Timestamp.now())
    #expect(reference.file.count == wire.device.withLock { $0.scanFile.count })
    let scan = try scanned(&session, &decoder)
    #expect(scan.header.referenceKind == .user)
    #expect(scan.referenceSignal == GoldenScans.all.cases[0].sampleSignal)
    let age = try #require(scan.header.referenceAgeSeconds)
    #expect((0..<60).contains(age))
  }

  @Test func `a stored reference of this scanner is loaded with its age`() throws {
    let hour = Timestamp(
      microsecondsSinceEpoch: Timestamp.now().microsecondsSinceEpoch - 3_600_000_000
    )
    let store = MemoryReferenceStore(stored(time: hour))
    var decoder = ScanDecoder()
    decoder.preferredReference = .user
    var session = try preparedSession(ScriptedTransport.Wire(), &decoder, references: store)
    let header = try scanned(&session, &decoder).header
    #expect(header.referenceKind == .user)
    let age = try #require(header.referenceAgeSeconds)
    #expect((3600..<3660).contains(age))
  }

  @Test(arguments: [ScriptedDevice.Fault.scanLost, .scanFails(bits: 1), .error])
  func `a measurement that fails leaves the old reference in place`(
    fault: ScriptedDevice.Fault
  ) throws {
    let wire = ScriptedTransport.Wire()
    var decoder = ScanDecoder()
    decoder.preferredReference = .user
    let store = MemoryReferenceStore(stored(time: .now()))
    var session = try preparedSession(wire, &decoder, references: store)
    wire.device.withLock { $0.faults = ["02/18": [0: fault]] }
    #expect(refusal(&session, &decoder) != nil)
    #expect(try scanned(&session, &decoder).header.referenceKind == .user)
  }

  @Test func `a measurement without light is refused and leaves the old reference in place`()
    throws
  {
    let wire = ScriptedTransport.Wire()
    var decoder = ScanDecoder()
    var session = try preparedSession(wire, &decoder)
    let good = wire.device.withLock { $0.scanFile }
    var dark = good
    dark.replaceSubrange(245..<249, with: [0, 0, 0, 0])
    wire.device.withLock { $0.fileOfNextScan = dark }
    let error = refusal(&session, &decoder)
    #expect(error == .referenceRefused(.noLight(pattern: 0, count: -30_000)))
    #expect(error?.reason == "referenceTooDark")
    wire.device.withLock { $0.fileOfNextScan = good }
    #expect(try scanned(&session, &decoder).header.referenceKind == .factory)
  }

  @Test func `a scanner without a serial number has no reference of a user`() throws {
    var device = ScriptedDevice()
    device.answers = ["02/33": Array(repeating: 0xFF, count: 8)]
    var decoder = ScanDecoder()
    var session = try preparedSession(ScriptedTransport.Wire(device), &decoder)
    #expect(refusal(&session, &decoder) == .referenceRefused(.noSerialNumber))
  }

  @Test func `a device that was put on Hadamard is told as such`() throws {
    let wire = ScriptedTransport.Wire()
    var decoder = ScanDecoder()
    var session = try preparedSession(wire, &decoder)
    let hadamard = try #require(GoldenScans.all.refusedFiles["hadamardScan"]).bytes
    wire.device.withLock { $0.fileOfNextScan = hadamard }
    #expect(refusal(&session, &decoder) == .scanFile(.hadamardScan))
  }

  @Test func `a busy device has to be asked again`() throws {
    var device = ScriptedDevice()
    device.faults = ["02/18": [0: .busy]]
    var decoder = ScanDecoder()
    var session = try preparedSession(ScriptedTransport.Wire(device), &decoder)
    #expect(try session.measureReference(for: &decoder) == nil)
    #expect(try session.measureReference(for: &decoder) != nil)
  }

  @Test func `a store that fails is told, and the factory's reference serves`() throws {
    let failure = ReferenceStoreError.damaged(path: "/var/lib/x")
    let store = MemoryReferenceStore(nil, failure: failure)
    var decoder = ScanDecoder()
    var session = ScanSession(
      over: ScriptedTransport(ScriptedTransport.Wire()),
      options: .impatient,
      stopping: try EventDescriptor()
    )
    try session.identify()
    let problem = try session.prepare(decoder: &decoder, references: store)
    #expect(problem == .referenceStore(failure))
    #expect(try scanned(&session, &decoder).header.referenceKind == .factory)
  }

  private func stored(time: Timestamp) -> StoredReference {
    StoredReference(
      serialNumber: "SIM0001",
      time: time,
      file: GoldenScans.all.cases[0].scanFile.bytes
    )
  }

  private func refusal(
    _ session: inout ScanSession<ScriptedTransport>,
    _ decoder: inout ScanDecoder
  ) -> AcquisitionError? {
    do throws(AcquisitionError) {
      _ = try session.measureReference(for: &decoder)
      return nil
    } catch {
      return error
    }
  }

  private func scanned(
    _ session: inout ScanSession<ScriptedTransport>,
    _ decoder: inout ScanDecoder
  ) throws -> DecodedScan {
    let arrival = try #require(try session.scan())
    return try session.withFile { bytes in
      try decode(bytes.indices.map { bytes[$0] }, with: &decoder, arrival)
    }
  }
}

/// Keeps one reference in memory, or fails at everything.
private struct MemoryReferenceStore: ReferenceStore {
  private let reference: StoredReference?
  private let failure: ReferenceStoreError?

  init(_ reference: StoredReference?, failure: ReferenceStoreError? = nil) {
    (self.reference, self.failure) = (reference, failure)
  }

  func load(serialNumber: String) throws(ReferenceStoreError) -> StoredReference? {
    if let failure { throw failure }
    return reference?.serialNumber == serialNumber ? reference : nil
  }

  func save(_ reference: StoredReference) throws(ReferenceStoreError) {}
}
