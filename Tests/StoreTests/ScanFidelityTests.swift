import Spectra
import Store
import Testing
import storetrial

/// Scans come back bit for bit, whatever they hold.
@Suite struct ScanFidelityTests {
  @Test func `an empty scan, a full one and one of extremes come back as they were`() throws {
    var full = TrialEvents.scan(3)
    full.labels = ["hdl": "low", "": "", "größe": "\u{0}\"🩸"]
    full.absorbance = [0.1, -0.0, .infinity, .leastNonzeroMagnitude, .greatestFiniteMagnitude]
    full.deviceTime = Timestamp(microsecondsSinceEpoch: -1)
    var extreme = Scan()
    extreme.sample = ""
    extreme.time = Timestamp(microsecondsSinceEpoch: .min)
    extreme.deviceTime = Timestamp(microsecondsSinceEpoch: .max)
    extreme.sampleSignal = [.min, .max, .min, 0, -1, 1]
    extreme.referenceSignal = []
    extreme.referenceKind = ReferenceKind.none
    extreme.lampPhotodiode = .min
    extreme.gain = .max
    extreme.repeats = 0
    extreme.scanIndex = .max
    try check([Scan(), full, extreme])
  }

  @Test func `a NaN comes back with the same bits`() throws {
    var scan = Scan()
    scan.absorbance = [.nan, -.nan, .signalingNaN, Double(nan: 7, signaling: false)]
    scan.temperatureCelsius = .nan
    try withStore { disk in
      let back = try disk.storeAndRead([scan])[0]
      #expect(back.absorbance?.map(\.bitPattern) == scan.absorbance?.map(\.bitPattern))
      #expect(back.temperatureCelsius?.isNaN == true)
    }
  }

  @Test(arguments: [1, 2, 3])
  func `scans of random counts come back as they were`(seed: UInt64) throws {
    var state = seed
    func next() -> UInt64 {
      state &+= 1
      return TrialEvents.mixed(state)
    }
    let scans = (0..<60).map { _ in
      var scan = Scan()
      let count = Int(next() % 865)
      let shift = Int32(next() % 32)
      scan.sampleSignal = (0..<count).map { _ in Int32(truncatingIfNeeded: next()) >> shift }
      if next() % 2 == 0 { scan.referenceSignal = scan.sampleSignal?.reversed() }
      if next() % 2 == 0 {
        scan.time = Timestamp(microsecondsSinceEpoch: Int64(bitPattern: next()))
      }
      if next() % 2 == 0 { scan.temperatureCelsius = Double(bitPattern: next() >> 2) }
      if next() % 2 == 0 { scan.scanIndex = UInt32(truncatingIfNeeded: next()) }
      return scan
    }
    try check(scans)
  }

  @Test func `wavelengths are stored once for a scanner, by their values and not their number`()
    throws
  {
    try withStore { disk in
      func stored(_ sequence: UInt64, revision: UInt64, first: Double, serial: String)
        -> StoredEvent
      {
        var event = TrialEvents.event(sequence)
        event.scan?.gridRevision = revision
        event.scan?.wavelengthsNanometres[0] = first
        event.scan?.scanner.serialNumber = serial
        return event
      }
      #expect(disk.store.reserve(through: 6))
      disk.store.append([
        stored(1, revision: 1, first: 900, serial: "1"),
        stored(2, revision: 9, first: 900, serial: "1"),
        stored(3, revision: 1, first: 901, serial: "1"),
        stored(4, revision: 1, first: 900, serial: "2"),
      ])
      try disk.store.writeWaiting()
      // Numbers of grids begin anew with each start of the daemon: the file must not trust them.
      let again = disk.reopened()
      again.store.append([
        stored(7, revision: 1, first: 901, serial: "1"),
        stored(8, revision: 2, first: 900, serial: "2"),
      ])
      try again.store.writeWaiting()
      let keys = try [1, 2, 3, 4, 7, 8].map { try again.store.scan($0).grid.key }
      #expect(keys[0] == keys[1] && keys[2] == keys[4] && keys[3] == keys[5])
      #expect(Set(keys).count == 3)
      #expect(try again.store.scan(7).grid.wavelengthsNanometres[0] == 901)
      #expect(try again.store.scan(8).grid.scanner.serialNumber == "2")
    }
  }

  private func check(_ scans: [Scan]) throws {
    try withStore { disk in
      let back = try disk.storeAndRead(scans)
      for (index, scan) in scans.enumerated() { #expect(back[index] == scan, "scan \(index)") }
    }
  }
}

extension StoreOnDisk {
  /// Stores scans under the numbers from 1 and reads them again.
  fileprivate func storeAndRead(_ scans: [Scan]) throws -> [Scan] {
    let numbers = 1...UInt64(scans.count)
    try #require(store.reserve(through: numbers.upperBound))
    let events = zip(numbers, scans).map { number, scan in
      var event = TrialEvents.event(number == 50 ? 49 : number)
      event.sequence = number
      event.scan?.scan = scan
      return event
    }
    store.append(events)
    try store.writeWaiting()
    return try numbers.map { try store.scan($0).scan }
  }
}
