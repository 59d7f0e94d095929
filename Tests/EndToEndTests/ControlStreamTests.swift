import Foundation
import Spectra
import Testing
import Varlink

private typealias Interface = SpectradInterface

/// Commands that follow the daemon's events, and those that read its stored scans.
@Suite struct ControlStreamTests {
  @Test func `watch resumes after the last number without loss or repeat`() throws {
    let bench = try ControlBench { call in
      switch call.earlierCalls {
      case 0: [.hello(next: 7), .event(5), .event(6), .hangUp]
      case 1: [.hello(next: 9), .event(6), .event(7), .gap(8...9, "crash"), .hangUp]
      default: [.hello(next: 11), .event(10), .hangUp]
      }
    }
    let result = try bench.spectractl("watch", "--since", "4", "--count", "4", "--json")
    #expect(result.status == 0, "\(result.errors)")
    let lines = try StreamLine.lines(of: result.output)
    #expect(lines.compactMap(\.seq) == [5, 6, 7, 10])
    #expect(lines.filter { $0.type == "gap" }.map(\.reason) == ["crash"])
    let asked = bench.daemon.parameters(of: Interface.Subscribe.self)
    #expect(asked.map(\.after) == [4, 6, 9])
    #expect(asked.map(\.stream) == [nil, "first", "first"])
    #expect(!result.errors.contains("no gap was announced"))
  }

  @Test func `numbers that vanish without a gap are told`() throws {
    let bench = try ControlBench { _ in [.hello(next: 9), .event(5), .event(8)] }
    let result = try bench.spectractl("watch", "--since", "4", "--count", "2")
    #expect(result.errors.contains("numbers 6 to 7 did not come"))
  }

  @Test func `a new stream is read from its oldest number, and said`() throws {
    let bench = try ControlBench { call in
      switch call.earlierCalls {
      case 0:
        [
          .hello(next: 6), .event(5),
          .continued(#"{"bye":{"type":"bye","reason":"streamChanged"}}"#), .hangUp,
        ]
      case 1: [.failure(.streamChanged(stream: "second"))]
      default: [.hello(next: 2, stream: "second"), .event(1), .hangUp]
      }
    }
    let result = try bench.spectractl("watch", "--since", "0", "--count", "2")
    #expect(result.status == 0)
    #expect(result.errors.contains("numbers count in another stream now (second)"))
    let asked = bench.daemon.parameters(of: Interface.Subscribe.self)
    #expect(asked.map(\.after) == [0, 5, 0])
    #expect(asked.map(\.stream) == [nil, "first", "second"])
  }

  @Test func `watch once leaves when the daemon does`() throws {
    let bench = try ControlBench { _ in [.hello(next: 6), .event(5), .hangUp] }
    let result = try bench.spectractl("watch", "--since", "0", "--once")
    #expect(result.status == 69)
    #expect(result.output.split(separator: "\n").count == 1)
  }

  @Test func `record asks for each scan until it is stored`() throws {
    let bench = try ControlBench { call in
      if call.method == "Subscribe" {
        return [.hello(next: 5), .event(5), .event(6, final: true), .event(7)]
      }
      // Committed a little later.
      if call.earlierCalls == 0 { return [.failure(.noSuchScan(seq: 5))] }
      let number = call.parameters(of: Interface.GetScan.self)?.seq ?? 0
      return [
        .reply(Interface.GetScan.Reply(grid: .short, scan: .example, prediction: .example(number)))
      ]
    }
    let file = bench.folder.path("live.scans.ndjson")
    let result = try bench.spectractl("record", file, "--scans", "2")
    #expect(result.status == 0, "\(result.errors)")
    #expect(result.output == "wrote \(file): 2 scans\n")
    let recording = try RecordingReader.read(paths: [file])
    #expect(recording.wavelengthsNanometres == Interface.Grid.short.wavelengthsNanometres)
    #expect(recording.scanner.serialNumber == "1")
    #expect(recording.scans.map(\.sampleSignal) == [[90, 80, 70], [90, 80, 70]])
    #expect(try String(contentsOfFile: file, encoding: .utf8).contains(#""class":"ok""#))
    let asked = bench.daemon.parameters(of: Interface.GetScan.self)
    #expect(asked.map(\.seq) == [5, 5, 7])
    // The next recording continues the file.
    _ = try bench.spectractl("record", file, "--samples", "1")
    #expect(try RecordingReader.read(paths: [file]).scans.count == 3)
  }

  @Test func `Ctrl-C ends a recording that is whole`() throws {
    let bench = try ControlBench { call in
      call.method == "Subscribe"
        ? [.hello(next: 5), .event(5)]
        : [.reply(Interface.GetScan.Reply(grid: .short, scan: .example, prediction: .example(5)))]
    }
    let file = bench.folder.path("live.scans.ndjson")
    let program = try RunningProgram(
      "spectractl",
      ["record", file, "--socket", bench.daemon.path],
      in: bench.folder
    )
    let isRecorded = eventually(seconds: 30) {
      (try? RecordingReader.read(paths: [file]).scans.count) == 1
    }
    try #require(isRecorded, "\(program.errors)")
    program.kill(SIGINT)
    #expect(program.waitForExit() == 0)
    #expect(program.output == "wrote \(file): 1 scan\n")
  }

  @Test func `an export has the oldest sample first, and a file for each grid`() throws {
    let bench = try ControlBench { call in
      if call.method == "ListSamples" {
        var open = Interface.Sample.example(number: 3)
        open.final = false
        let samples = [open, .example(number: 2), .example(number: 1)]
        return [.reply(Interface.ListSamples.Reply(samples: samples, more: false))]
      }
      let isFirst = call.parameters(of: Interface.ReadScans.self)?.sampleId == "01-1"
      return [
        .reply(Interface.ReadScans.Reply(grid: isFirst ? .short : .shifted), continues: true),
        .reply(Interface.ReadScans.Reply(scan: .example), continues: true),
        .reply(Interface.ReadScans.Reply(scan: .example)),
      ]
    }
    let file = bench.folder.path("all.scans.ndjson")
    let result = try bench.spectractl("export", file, "--labelled", "--since", "2026-11-21")
    #expect(result.status == 0, "\(result.errors)")
    #expect(result.errors.contains("1 sample still open: left out"))
    #expect(result.output.contains("2 files: "))
    let (first, second) = (
      try RecordingReader.read(paths: [file]),
      try RecordingReader.read(
        paths: [bench.folder.path("all-2.scans.ndjson")]
      )
    )
    #expect(first.wavelengthsNanometres == Interface.Grid.short.wavelengthsNanometres)
    #expect(second.wavelengthsNanometres == Interface.Grid.shifted.wavelengthsNanometres)
    #expect(first.scans.count == 2 && second.scans.count == 2)
    #expect(first.scans.allSatisfy { $0.labels == ["hdl": "ok"] })
    let asked = bench.daemon.parameters(of: Interface.ListSamples.self)
    #expect(asked.map(\.since) == ["2026-11-21T00:00:00.000000Z"])
    #expect(asked.map(\.labelled) == [true])
    #expect(bench.folder.names(endingIn: ".partial").isEmpty)
  }

  @Test func `an export that fails leaves what was there`() throws {
    let bench = try ControlBench { call in
      if call.method == "ListSamples" {
        return [.reply(Interface.ListSamples.Reply(samples: [.example], more: false))]
      }
      return [
        .reply(Interface.ReadScans.Reply(grid: .short), continues: true),
        .reply(Interface.ReadScans.Reply(scan: .example), continues: true), .hangUp,
      ]
    }
    let file = bench.folder.path("all.scans.ndjson")
    try Data("before".utf8).write(to: URL(filePath: file))
    let result = try bench.spectractl("export", file)
    #expect(result.status == 69)
    #expect(try String(contentsOfFile: file, encoding: .utf8) == "before")
    #expect(bench.folder.names(endingIn: ".partial").isEmpty)
  }
}

extension ScriptedDaemon.Reply {
  /// The greeting of a subscription.
  fileprivate static func hello(next: Int, stream: String = "first") -> ScriptedDaemon.Reply {
    .reply(
      Interface.Subscribe.Reply(
        hello: .init(
          protocol: 1,
          stream: stream,
          daemon: "spectrad",
          oldest: 1,
          next: next,
          demonstration: true,
          scanners: []
        )
      ),
      continues: true
    )
  }

  /// A prediction.
  fileprivate static func event(_ number: Int, final: Bool = false) -> ScriptedDaemon.Reply {
    .reply(Interface.Subscribe.Reply(prediction: .example(number, final: final)), continues: true)
  }

  /// Numbers that do not come.
  fileprivate static func gap(_ numbers: ClosedRange<Int>, _ reason: String) -> Self {
    let gap = Interface.Gap(from: numbers.lowerBound, to: numbers.upperBound, reason: reason)
    return .reply(Interface.Subscribe.Reply(gap: gap), continues: true)
  }
}

extension SpectradInterface.Grid {
  /// Three wavelengths.
  static let short = SpectradInterface.Grid(
    wavelengthsNanometres: [900, 904.5, 909],
    serialNumber: "1"
  )
  /// Three others.
  static let shifted = SpectradInterface.Grid(
    wavelengthsNanometres: [901, 905.5, 910],
    serialNumber: "1"
  )
}

extension SpectradInterface.RecordedScan {
  /// A labelled scan on three wavelengths.
  static let example = SpectradInterface.RecordedScan(
    time: "2026-11-21T09:00:00.000000Z",
    sample: "2250",
    labels: ["hdl": "ok"],
    sampleSignal: [90, 80, 70],
    referenceSignal: [100, 100, 100],
    reference: "factory",
    lampPhotodiode: 3_800,
    gain: 64
  )
}
