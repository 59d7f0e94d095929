import Foundation
import Spectra
import Store
import Testing
import storetrial

/// Deleting one sample, and what time and size delete.
@Suite struct DeletionTests {
  @Test func `a deleted sample is gone, its numbers are a gap, and all others stay`() throws {
    try withStore { disk in
      try disk.write(1...100)
      let sample = TrialEvents.sampleId(36)
      try disk.store.setLabel(sampleId: sample, target: "hdl", className: "low")
      #expect(try disk.store.deleteSample(sample) == 12)
      #expect(storeError { try disk.store.sample(sample) } == .noSuchSample(sampleId: sample))
      #expect(storeError { try disk.store.scan(40) } == .noSuchScan(sequence: 40))
      #expect(storeError { try disk.store.deleteSample(sample) } == .noSuchSample(sampleId: sample))
      let items = try disk.store.everything(pageLimit: 9)
      #expect(items.gaps == ["36-47 deleted"])
      #expect(items.lines.map(\.sequence) == Array(1...35) + Array(48...100))
      #expect(disk.store.counters.scans == 98 - 12 && disk.store.counters.samples == 8)
      let again = disk.reopened()
      #expect(again.store.nextNumber == 101)
      #expect(again.store.counters.scans == 86 && again.store.counters.samples == 8)
    }
  }

  @Test func `neighbouring deletions are one gap, and a scanner's event between them stays`() throws
  {
    try withStore { disk in
      try disk.write(1...100)
      for number: UInt64 in [48, 24, 36, 60] {
        _ = try disk.store.deleteSample(TrialEvents.sampleId(number))
      }
      let gaps = try disk.store.everything(pageLimit: 3).gaps
      // A page that begins within a gap tells what is left of it.
      #expect(gaps == ["24-49 deleted", "51-71 deleted"])
      #expect(try disk.store.page(after: 30, limit: 1).items.gaps == ["31-49 deleted"])
    }
  }

  @Test(arguments: [24, 3_000])
  func `no byte of a deleted sample is left in the files`(eventCount: UInt64) throws {
    try withStore { disk in
      try disk.write(1...eventCount)
      let number: UInt64 = 12
      let secrets = [
        TrialEvents.sampleId(number), "\"blood 1\"",
        String(decoding: TrialEvents.line(13), as: UTF8.self),
      ]
      try disk.store.setLabel(
        sampleId: TrialEvents.sampleId(number),
        target: "hdl",
        className: "secretClass"
      )
      #expect(try disk.holds(secrets + ["secretClass"]) == [true, true, true, true])
      _ = try disk.store.deleteSample(TrialEvents.sampleId(number))
      #expect(try disk.holds(secrets + ["secretClass"]) == [false, false, false, false])
      try disk.write((eventCount + 1)...(eventCount + 20))
      #expect(try disk.holds(secrets + ["secretClass"]) == [false, false, false, false])
    }
  }

  @Test func `after many deletions in any order nothing of the deleted is left`() throws {
    let seed: UInt64 = 7
    try withStore { disk in
      try disk.write(1...2_400)
      let samples = (1..<200).shuffled(seed: seed).prefix(120).map { UInt64($0) * 12 }
      for number in samples { _ = try disk.store.deleteSample(TrialEvents.sampleId(number)) }
      let left = try disk.holds(samples.map { TrialEvents.sampleId($0) })
      let remains = zip(samples, left).filter(\.1).map(\.0)
      #expect(remains.isEmpty, "seed \(seed)")
      let lines = try disk.store.everything(pageLimit: 1_000).lines
      let deleted = Set(samples.map { TrialEvents.sampleId($0) })
      let expected = (1...2_400).map { UInt64($0) }.filter { number in
        number % 50 == 0 || !deleted.contains(TrialEvents.sampleId(number))
      }
      #expect(lines.map(\.sequence) == expected, "seed \(seed)")
    }
  }
}

extension StoreOnDisk {
  /// Which of the texts stand somewhere in the store's files.
  fileprivate func holds(_ texts: [String]) throws -> [Bool] {
    var found = texts.map { _ in false }
    for file in files where file.hasPrefix("store.sqlite") {
      let bytes = try Data(contentsOf: URL(filePath: path(file)))
      for (index, text) in texts.enumerated() where !found[index] {
        found[index] = bytes.range(of: Data(text.utf8)) != nil
      }
    }
    return found
  }
}

extension Range<Int> {
  /// The numbers in an order that follows from the seed.
  fileprivate func shuffled(seed: UInt64) -> [Int] {
    sorted {
      TrialEvents.mixed(UInt64($0) &+ seed << 32) < TrialEvents.mixed(UInt64($1) &+ seed << 32)
    }
  }
}
