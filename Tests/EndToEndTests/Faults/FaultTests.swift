import Foundation
import Spectra
import Testing

/// Every fault of docs/faults.md, from the scanner's script to the lines that clients read.
@Suite struct FaultTests {
  @Test(arguments: FaultTable.cases)
  func `over USBIP`(fault: FaultCase) async throws {
    try await check(fault, over: .usbip, states: fault.states)
  }

  /// Skipped where umockdev was not there when the tests were built.
  @Test(
    .enabled(if: MockedBus.isAvailable, "needs libumockdev-dev and libglib2.0-dev"),
    arguments: FaultTable.cases.filter { $0.statesOnUSB != nil }
  )
  func `over libusb`(fault: FaultCase) async throws {
    try await check(fault, over: .usb, states: fault.statesOnUSB ?? [])
  }

  private func check(_ fault: FaultCase, over path: FaultPath, states: [String]) async throws {
    let outcome: FaultOutcome = try await TrialSlots.shared.run {
      try await FaultTrial(over: path).run(
        script: fault.script,
        published: fault.published.count,
        lastState: fault.returns ? nil : states.count
      )
    }
    let notAccepted = Set(1...FaultTrial.scanCount).subtracting(fault.accepted)
    let undisturbed = try await UndisturbedRuns.shared.predictions(without: notAccepted)
    #expect(outcome.firings.count == fault.firings, "\(outcome.firings)")
    #expect(outcome.lines.scannerStates == states, "\(outcome.daemonErrors)")
    #expect(
      outcome.longestPause <= fault.recoverySeconds,
      "\(outcome.longestPause) s\n\(outcome.daemonErrors)"
    )
    #expect(outcome.longestPause >= fault.leastSeconds)
    expectQuality(of: outcome.answers, fault)
    try expectRecorded(outcome.recorded, fault)
    expectSamePredictions(outcome.lines, undisturbed)
    expectEstimatesGoOn(outcome.lines)
    expectUnbroken(outcome.lines)
    expectCleanEnd(outcome)
  }

  /// Every scan is published in its turn, accepted or with the reasons why it is not.
  private func expectQuality(of answers: [StreamLine], _ fault: FaultCase) {
    #expect(answers.count == fault.published.count)
    for (line, number) in zip(answers, fault.published) {
      let reasons = fault.rejected[number] ?? []
      let expected = StreamLine.Quality(accepted: reasons.isEmpty, reasons: reasons)
      #expect(line.quality == expected, "scan \(number)")
    }
  }

  /// What the daemon decoded is what the scanner measured, none twice, none missing.
  private func expectRecorded(_ recorded: [Scan], _ fault: FaultCase) throws {
    let scans = try FaultRecording.scans.get()
    let numbers = recorded.map { scan in
      (scans.firstIndex { $0.sampleSignal == scan.sampleSignal } ?? -1) + 1
    }
    // A measurement that was spoilt is none of the recorded ones.
    #expect(numbers == fault.published.map { fault.spoilt.contains($0) ? 0 : $0 })
  }

  /// Leaving out what was rejected, clients read the same as in a run without the fault.
  private func expectSamePredictions(_ lines: [StreamLine], _ undisturbed: [StreamLine]) {
    let found = lines.filter { $0.isPrediction && ($0.isFinal || $0.quality?.accepted == true) }
    #expect(found.count == undisturbed.count)
    for (index, (line, expected)) in zip(found, undisturbed).enumerated() {
      #expect(line.sample == expected.sample, "line \(index)")
      #expect(line.scans == expected.scans, "line \(index)")
      #expect(line.final == expected.final, "line \(index)")
      #expect(line.quality == expected.quality, "line \(index)")
      #expect(isNear(line.temperatureCelsius, expected.temperatureCelsius), "line \(index)")
      #expect(
        isNear(line.relativeHumidityPercent, expected.relativeHumidityPercent),
        "line \(index)"
      )
      #expect(haveSameAnswers(line, expected), "line \(index)")
    }
  }

  /// A rejected scan repeats the sample's estimate so far, and changes nothing.
  private func expectEstimatesGoOn(_ lines: [StreamLine]) {
    var last: StreamLine?
    var samples: [String: String] = [:]
    for line in lines where line.isPrediction {
      if let last, line.quality?.accepted == false, line.sampleId == last.sampleId {
        #expect(line.scans == last.scans)
        #expect(haveSameAnswers(line, last))
      }
      last = line
      // One identity for each name: an open sample outlives the scanner's absence.
      #expect(line.sampleId != nil)
      let known = samples.updateValue(line.sampleId ?? "", forKey: line.sample ?? "")
      #expect(known == nil || known == line.sampleId)
    }
    #expect(Set(samples.values).count == samples.count)
  }

  /// `hello` says which number follows; then none is missing, and nothing was thrown away.
  private func expectUnbroken(_ lines: [StreamLine]) {
    #expect(lines.first?.type == "hello")
    let numbers = lines.compactMap(\.seq)
    let first = lines.first?.next ?? 0
    #expect(numbers == Array(first..<(first + numbers.count)))
    #expect(!lines.contains { $0.type == "scansLost" || $0.type == "gap" })
  }

  private func expectCleanEnd(_ outcome: FaultOutcome) {
    #expect(outcome.exitStatus == 0, "\(outcome.daemonErrors)")
    #expect((outcome.stopTime ?? .seconds(60)) <= .seconds(2))
    #expect(outcome.lines.last?.type == "bye" && outcome.lines.last?.reason == "shutdown")
    #expect(!outcome.leavesSocket)
  }
}
