import Acquisition
import Spectra
import Synchronization
import Testing

/// Whatever a device does in a scan, what is delivered is the scan that was just asked for, whole.
@Suite struct FaultyScanTests {
  private static let commands = ["02/18", "04/03", "04/04", "04/05", "00/2D", "00/2E"]
  private static let faults: [ScriptedDevice.Fault] = [
    .busy, .error, .silence, .late, .length(0), .length(1), .length(3), .length(19), .length(511),
    .rubbish, .wrongSequence, .falseHeader, .scanFails(bits: 1), .scanFails(bits: 0x180),
    .scanFailsWithNewFile(bits: 2), .scanLost, .busyAfterScan, .disconnect,
  ]

  @Test(arguments: FaultyScanTests.commands)
  func `one fault at any place of a scan costs that scan at most`(command: String) throws {
    for fault in FaultyScanTests.faults {
      for place in 0..<(command == "00/2E" ? 9 : 2) {
        var trial = try Trial()
        trial.wire.device.withLock {
          $0.faults[command] = [$0.count(command) + place: fault]
        }
        for _ in 0..<4 { try trial.scan() }
        let (scans, problem) = (trial.scans, trial.problem)
        #expect(scans >= 3, "\(fault) at \(command) \(place): \(problem)")
        #expect(problem.isEmpty, "\(fault) at \(command) \(place)")
      }
    }
  }

  @Test func `faults in any number never give a wrong scan`() throws {
    let seed = UInt64.random(in: 0...UInt64.max)
    var numbers = SplitMix(state: seed)
    for round in 0..<60 {
      var trial = try Trial()
      trial.wire.device.withLock { device in
        for _ in 0..<Int.random(in: 1...12, using: &numbers) {
          let command = FaultyScanTests.commands.randomElement(using: &numbers) ?? "00/2E"
          let place = device.count(command) + Int.random(in: 0..<24, using: &numbers)
          let fault = FaultyScanTests.faults.randomElement(using: &numbers) ?? .silence
          device.faults[command, default: [:]][place] = fault
        }
      }
      for _ in 0..<8 { try trial.scan() }
      let problem = trial.problem
      #expect(problem.isEmpty, "seed \(seed), round \(round)")
      trial.wire.device.withLock { $0.faults = [:] }
      let before = trial.scans
      // The first may have to tell what is left of the last fault.
      for _ in 0..<2 { try trial.scan() }
      #expect(trial.scans > before, "seed \(seed), round \(round)")
    }
  }
}

/// A device, and a session that is opened anew where an error asks for it.
private struct Trial: ~Copyable {
  let wire: ScriptedTransport.Wire
  private var decoder = ScanDecoder()
  private var session: ScanSession<ScriptedTransport>
  private(set) var scans = 0
  private(set) var problem = ""

  init() throws {
    var device = ScriptedDevice()
    device.marksScans = true
    wire = ScriptedTransport.Wire(device)
    session = try preparedSession(wire, &decoder)
  }

  mutating func scan() throws {
    let before = wire.device.withLock { $0.scanCount }
    do throws(AcquisitionError) {
      guard let arrival = try session.scan() else { return }
      try check(arrival, before: before)
      scans += 1
    } catch {
      guard !error.leavesConnectionUsable else { return }
      // Faults may go on while the connection is made anew; then it is made once more.
      for attempt in 1...5 {
        do throws(AcquisitionError) {
          session = try preparedSession(wire, &decoder)
          return
        } catch {
          guard attempt < 5 else { throw error }
        }
      }
    }
  }

  private mutating func check(_ arrival: ScanArrival, before: UInt32) throws(AcquisitionError) {
    let device = wire.device.withLock { $0 }
    let scan: DecodedScan
    do throws(ScanFileError) {
      scan = try session.withFile { bytes throws(ScanFileError) in
        try decode(bytes.indices.map { bytes[$0] }, with: &decoder, arrival)
      }
    } catch {
      throw .scanFile(error)
    }
    let mark = Int32(10_000 + device.scanCount & 0xFFFF)
    if device.scanCount == before { problem += "an old scan; " }
    if scan.header.scanIndex != device.scanCount { problem += "another scan; " }
    if scan.sampleSignal.first != mark || scan.sampleSignal.last != mark { problem += "torn; " }
    if scan.sampleSignal[1..<227] != GoldenScans.all.cases[0].sampleSignal[1..<227] {
      problem += "changed; "
    }
  }
}
