import Foundation
import Spectra
import Store
import Testing
import storetrial

/// Samples, their scans and what is noted about them later.
@Suite struct SampleTests {
  @Test func `a sample says what its events said`() throws {
    try withStore { disk in
      try disk.write(1...60)
      let (sample, scans) = try disk.store.sample(TrialEvents.sampleId(48))
      // 48 to 59, of which 50 is a scanner's event.
      #expect(scans == [48, 49] + Array(51...59))
      #expect(sample.sample == "blood 4" && sample.scanner == "6100001")
      #expect(sample.began == TrialEvents.time(48) && sample.ended == TrialEvents.time(59))
      #expect(sample.isFinal && sample.scans == 12 && sample.storedScans == 11)
      #expect(sample.bundle == "trial@1.0.0" && sample.lastSequence == 59)
      #expect(sample.lastLine == TrialEvents.line(59) && sample.labels.isEmpty)
      let open = try disk.store.sample(TrialEvents.sampleId(60)).sample
      #expect(!open.isFinal && open.scans == 1 && open.storedScans == 1)
      #expect(disk.store.counters.samples == 6)
      let missing = storeError { try disk.store.sample("01X") }
      #expect(missing == .noSuchSample(sampleId: "01X"))
    }
  }

  @Test func `samples are listed newest first, page by page, until there is no more`() throws {
    try withStore { disk in
      try disk.write(1...240)
      var filter = SampleFilter()
      filter.limit = 8
      var identities: [String] = []
      var sizes: [Int] = []
      while true {
        let page = try disk.store.samples(filter)
        identities += page.samples.map(\.sampleId)
        sizes.append(page.samples.count)
        guard page.hasMore else { break }
        filter.before = page.samples.last?.sampleId
      }
      #expect(sizes == [8, 8, 5])
      let expected = (0...20).reversed().map { TrialEvents.sampleId($0 * 12) }
      #expect(identities == expected)
    }
  }

  @Test func `samples are found by scanner, name, time and labels`() throws {
    try withStore { disk in
      try disk.write(1...120)
      var other = TrialEvents.event(121)
      (other.scanner, other.sampleId, other.sample) = ("6100002", "02OTHER", "blood 3")
      #expect(disk.store.reserve(through: 121))
      disk.store.append([other])
      try disk.store.setLabel(
        sampleId: TrialEvents.sampleId(36),
        target: "ldl",
        className: "low"
      )
      func found(_ change: (inout SampleFilter) -> Void) throws -> [String] {
        var filter = SampleFilter()
        change(&filter)
        return try disk.store.samples(filter).samples.map(\.sampleId)
      }
      #expect(try found { $0.scanner = "6100002" } == ["02OTHER"])
      #expect(try found { $0.sample = "blood 3" } == ["02OTHER", TrialEvents.sampleId(36)])
      #expect(try found { $0.isLabelled = true } == [TrialEvents.sampleId(36)])
      #expect(try found { $0.isLabelled = false }.count == 11)
      #expect(try found { $0.since = TrialEvents.time(119) }.count == 3)
      #expect(
        try found {
          ($0.sample, $0.scanner) = ("blood 3", "6100001")
        } == [TrialEvents.sampleId(36)]
      )
      #expect(try found { $0.limit = 0 }.count == 1)
      // A name is a value, never a part of the question.
      #expect(try found { $0.sample = "' OR 1=1 --" }.isEmpty)
    }
  }

  @Test func `a label is noted, changed and removed`() throws {
    try withStore { disk in
      try disk.write(1...12)
      let sample = TrialEvents.sampleId(1)
      try disk.store.setLabel(sampleId: sample, target: "hdl", className: "low")
      try disk.store.setLabel(sampleId: sample, target: "ldl", className: "ok")
      try disk.store.setLabel(sampleId: sample, target: "hdl", className: "high")
      #expect(try disk.store.sample(sample).sample.labels == ["hdl": "high", "ldl": "ok"])
      #expect(try disk.store.scan(3).labels == ["hdl": "high", "ldl": "ok"])
      try disk.store.setLabel(sampleId: sample, target: "hdl", className: nil)
      #expect(try disk.reopened().store.sample(sample).sample.labels == ["ldl": "ok"])
    }
  }

  @Test func `a sample that still waits can be labelled, an unknown one cannot`() throws {
    try withStore { disk in
      #expect(disk.store.reserve(through: 1))
      disk.store.append([TrialEvents.event(1)])
      try disk.store.setLabel(sampleId: TrialEvents.sampleId(1), target: "hdl", className: "ok")
      let error = storeError {
        try disk.store.setLabel(sampleId: "01X", target: "hdl", className: "ok")
      }
      #expect(error == .noSuchSample(sampleId: "01X"))
    }
  }

  @Test func `a sample's scans come in pieces with their grids`() throws {
    try withStore { disk in
      try disk.write(1...30)
      var other = TrialEvents.event(31)
      other.sampleId = TrialEvents.sampleId(12)
      other.scan?.wavelengthsNanometres[0] = 899
      #expect(disk.store.reserve(through: 31))
      disk.store.append([other])
      try disk.store.writeWaiting()
      var scans: [NumberedScan] = []
      var grids: Set<Int64> = []
      while true {
        let piece = try disk.store.scans(
          ofSample: TrialEvents.sampleId(12),
          after: scans.last?.sequence ?? 0,
          limit: 5
        )
        if piece.scans.isEmpty { break }
        #expect(piece.grids.allSatisfy { $0.scanner == TrialEvents.scanner })
        grids.formUnion(piece.grids.map(\.key))
        scans += piece.scans
      }
      #expect(scans.map(\.sequence) == Array(12...23) + [31])
      #expect(scans.map(\.scan) == (Array(12...23) + [31]).map { TrialEvents.scan($0) })
      #expect(grids.count == 2)
      #expect(storeError { try disk.store.scans(ofSample: "01X") } != nil)
    }
  }

  @Test func `one scan comes with its grid, its line and its sample`() throws {
    try withStore { disk in
      try disk.write(1...60)
      let record = try disk.store.scan(17)
      #expect(record.scan == TrialEvents.scan(17) && record.line == TrialEvents.line(17))
      #expect(record.grid.wavelengthsNanometres == TrialEvents.wavelengthsNanometres)
      #expect(record.grid.scanner == TrialEvents.scanner)
      #expect(record.sampleId == TrialEvents.sampleId(17))
      for number: UInt64 in [0, 50, 61, .max] {
        #expect(storeError { try disk.store.scan(number) } == .noSuchScan(sequence: number))
      }
    }
  }

  @Test func `a baseline is kept as it was given, the last one`() throws {
    try withStore { disk in
      #expect(try disk.store.baseline(scanner: "6100001", standard: "white") == nil)
      for text in [#"{"noise":1}"#, #"{"noise":2}"#] {
        try disk.store.setBaseline(scanner: "6100001", standard: "white", json: Array(text.utf8))
      }
      let again = disk.reopened().store
      let found = try again.baseline(scanner: "6100001", standard: "white")
      #expect(found == Array(#"{"noise":2}"#.utf8))
      #expect(try again.baseline(scanner: "6100002", standard: "white") == nil)
    }
  }
}
