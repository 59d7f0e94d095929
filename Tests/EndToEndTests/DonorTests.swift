import Testing

/// Synthetic donors on their way through USB reports to the socket.
@Suite struct DonorTests {
  @Test func `predictions off the socket are those of classifying the recording`() throws {
    let laboratory = try Laboratory()
    let recording = try laboratory.synthesize(donors: 6, scans: 5)
    let daemon = try laboratory.startDaemon(settings: ["sample.scans=5"])
    let client = try laboratory.connect()
    let simulator = try laboratory.startSimulator(
      replaying: recording,
      ["--sample-gap", "0"]
    )
    let isComplete = try client.read { $0.count(where: \.isFinal) == 6 }
    try #require(isComplete, "\(daemon.errors)\(simulator.errors)")
    let classified = try ProgramResult(
      "spectractl",
      ["classify", recording, "--bundle", ProjectFiles.bundle, "--json"],
      in: laboratory.folder
    )
    #expect(classified.status == 0, "\(classified.errors)")
    let expected = try StreamLine.lines(of: classified.output)
    let found = client.lines.filter(\.isPrediction)
    #expect(expected.count == 36)
    try #require(found.count == expected.count)
    for (found, expected) in zip(found, expected) { expectEqual(found, expected) }
    expectUnbroken(client.lines)
    let finals = found.filter(\.isFinal)
    #expect(finals.map(\.sample) == (1...6).map(String.init))
    #expect(Set(finals.map(\.sampleId)).count == 6)
    #expect(found.allSatisfy { $0.scanner == "SIM0001" && $0.demonstration == true })
    #expect(found.allSatisfy { ($0.latencyMicroseconds ?? -1) >= 0 })
  }

  /// What both must agree on: all but time, latency, numbers and names of samples.
  private func expectEqual(_ found: StreamLine, _ expected: StreamLine) {
    #expect(found.scans == expected.scans)
    #expect(found.final == expected.final)
    #expect(found.quality == expected.quality)
    expectNear(found.temperatureCelsius, expected.temperatureCelsius)
    expectNear(found.relativeHumidityPercent, expected.relativeHumidityPercent)
    #expect(found.targets?.map(\.name) == expected.targets?.map(\.name))
    #expect(found.targets?.map(\.class) == expected.targets?.map(\.class))
    #expect(found.targets?.map(\.reasons) == expected.targets?.map(\.reasons))
    for (target, other) in zip(found.targets ?? [], expected.targets ?? []) {
      #expect(target.probabilities.keys.sorted() == other.probabilities.keys.sorted())
      for (name, probability) in target.probabilities {
        expectNear(probability, other.probabilities[name])
      }
    }
  }

  private func expectNear(_ found: Double?, _ expected: Double?) {
    #expect(abs((found ?? .nan) - (expected ?? .nan)) <= 1e-9)
  }

  /// `hello` comes first and says which number follows; then no number is missing.
  private func expectUnbroken(_ lines: [StreamLine]) {
    #expect(lines.first?.type == "hello")
    let numbers = lines.compactMap(\.seq)
    let first = lines.first?.next ?? 0
    #expect(numbers == Array(first..<(first + numbers.count)))
  }

  @Test func `two scanners keep their samples apart`() throws {
    let laboratory = try Laboratory()
    let recording = try laboratory.synthesize(donors: 6, scans: 4)
    let daemon = try laboratory.startDaemon(
      scanners: 2,
      settings: ["sample.scans=100", "sample.silenceSeconds=0.6"]
    )
    let client = try laboratory.connect()
    let simulator = try laboratory.startSimulator(
      replaying: recording,
      ["--devices", "2", "--sample-gap", "1"]
    )
    let isComplete = try client.read { $0.count(where: \.isFinal) == 6 }
    try #require(isComplete, "\(daemon.errors)\(simulator.errors)")
    let finals = client.lines.filter(\.isFinal)
    for scanner in ["SIM0001", "SIM00-2"] {
      let own = finals.filter { $0.scanner == scanner }
      #expect(own.map(\.sample) == ["1", "2", "3"])
      #expect(own.map(\.scans) == [4, 4, 4])
    }
    #expect(finals.allSatisfy { $0.latencyMicroseconds == nil })
    #expect(Set(finals.map(\.sampleId)).count == 6)
    expectUnbroken(client.lines)
  }
}
