import Foundation
import Testing
import Varlink

private typealias Interface = SpectradInterface

/// What spectractl's commands ask of the control socket, and what they make of the answers.
@Suite struct ControlCommandTests {
  @Test func `scanners come as one object a line, as they were sent`() throws {
    let bench = try ControlBench { _ in
      let first = #"{"scanner":"1","place":"usb:1-1","state":"ready","since":"","scans":1,"#
      let second = #"{"scanner":"2","place":"usb:1-2","state":"ready","since":"","scans":0,"#
      let others = #""scansLost":0"#
      return [
        .members(#"{"scanners":[\#(first)\#(others),"later":[1]},\#(second)\#(others)}]}"#)
      ]
    }
    let json = try bench.spectractl("scanners", "--json")
    #expect(json.status == 0, "\(json.errors)")
    let lines = json.output.split(separator: "\n")
    #expect(lines.count == 2)
    // A member that this client does not know reaches those that do.
    #expect(lines.first?.hasSuffix(#""later":[1]}"#) == true)
    let text = try bench.spectractl("scanners")
    #expect(text.output.hasPrefix("SCANNER  STATE"))
    #expect(bench.daemon.methods == ["ListScanners", "ListScanners"])
  }

  @Test func `a sample begins by name and ends by its scanner`() throws {
    let bench = try ControlBench { call in
      call.method == "BeginSample"
        ? [.reply(Interface.BeginSample.Reply(scanner: "1", sampleId: "01A"))]
        : [.reply(Interface.EndSample.Reply(scanner: "1", sampleId: "01A"))]
    }
    let begun = try bench.spectractl("sample", "begin", "Anna’s", "--scanner", "1")
    #expect(begun.output == "01A\n", "\(begun.errors)")
    let ended = try bench.spectractl("sample", "end", "--json")
    #expect(ended.output == #"{"scanner":"1","sampleId":"01A"}"# + "\n" || ended.status == 0)
    #expect(
      bench.daemon.parameters(of: Interface.BeginSample.self)
        == [.init(scanner: "1", sample: "Anna’s")]
    )
    #expect(bench.daemon.parameters(of: Interface.EndSample.self) == [.init()])
  }

  @Test func `nothing is erased without a yes`() throws {
    let bench = try ControlBench { call in
      call.method == "GetSample"
        ? [.reply(Interface.GetSample.Reply(sample: .example, scans: [5, 6]))]
        : [.reply(Interface.DeleteSample.Reply(scans: 2))]
    }
    let refused = try bench.spectractl("sample", "delete", "01A")
    #expect(refused.status == 64)
    #expect(refused.errors.contains("say --yes"))
    #expect(bench.daemon.methods == ["GetSample"])
    let deleted = try bench.spectractl("sample", "delete", "01A", "--yes")
    #expect(deleted.output == "sample 01A is erased, 2 scans\n", "\(deleted.errors)")
    #expect(bench.daemon.methods == ["GetSample", "DeleteSample"])
  }

  @Test(arguments: [
    (
      SpectradFailure.notPermitted(permission: "control", group: "spectrad-control"), 77,
      "--groups spectrad-control"
    ),
    (.noSuchScanner(scanner: "9", known: ["1"]), 66, "there are: 1"),
    (.noSuchScanner(scanner: nil, known: []), 66, "spectractl doctor"),
    (.scannerAmbiguous(known: ["1", "2"]), 64, "--scanner"),
    (.scannerNotReady(scanner: "1", state: "connecting", reason: "busy"), 69, "busy"),
    (.measurementFailed(scanner: "1", reason: "lampFault", explanation: "dark"), 69, "lampFault"),
    (.limitReached(what: "calls", limit: 4), 69, "at most 4 calls"),
  ])
  func `a refusal has its status and its advice`(
    failure: SpectradFailure,
    status: Int32,
    advice: String
  ) throws {
    let bench = try ControlBench { _ in [.failure(failure)] }
    let result = try bench.spectractl("reference", "--yes")
    #expect(result.status == status)
    #expect(result.errors.contains(advice), "\(result.errors)")
    #expect(result.output.isEmpty)
  }

  @Test func `a reload that is refused tells the daemon's reason`() throws {
    let bench = try ControlBench { call in
      call.earlierCalls == 0
        ? [.failure(.configurationRefused(explanation: "sample.scans: found 0"))]
        : [.reply(Interface.Reload.Reply(applied: ["sample.scans"], restartNeeded: ["log.level"]))]
    }
    let refused = try bench.spectractl("reload")
    #expect(refused.status == 65)
    #expect(refused.errors.contains("sample.scans: found 0"))
    let done = try bench.spectractl("reload")
    #expect(done.output.contains("in effect: sample.scans\n"))
    #expect(done.output.contains("restart spectrad): log.level\n"))
  }

  @Test func `history asks page by page`() throws {
    let bench = try ControlBench { call in
      let parameters = call.parameters(of: Interface.ListSamples.self)
      let first = parameters?.before == nil ? 0 : 2
      let samples = (first..<first + 2).map { Interface.Sample.example(number: $0) }
      return [.reply(Interface.ListSamples.Reply(samples: samples, more: true))]
    }
    let result = try bench.spectractl("history", "--limit", "4", "--labelled", "--json")
    #expect(result.output.split(separator: "\n").count == 4, "\(result.errors)")
    let asked = bench.daemon.parameters(of: Interface.ListSamples.self)
    #expect(asked.map(\.limit) == [4, 2])
    #expect(asked.map(\.before) == [nil, "01-1"])
    #expect(asked.allSatisfy { $0.labelled == true })
  }

  @Test func `a label that the bundle does not know is noted with a warning`() throws {
    let bench = try ControlBench { call in
      call.method == "GetSample"
        ? [.reply(Interface.GetSample.Reply(sample: .example, scans: []))] : [.members("{}")]
    }
    let known = try bench.spectractl("label", "01A", "hdl", "ok")
    #expect(known.status == 0 && known.errors.isEmpty, "\(known.errors)")
    let unknown = try bench.spectractl("label", "01A", "hdl", "okay")
    #expect(unknown.status == 0)
    #expect(unknown.errors.contains("no class okay of hdl, only high, low, ok"))
    let removed = try bench.spectractl("label", "01A", "hdl", "--remove")
    #expect(removed.output == "sample 01A: hdl has no label\n")
    #expect(
      bench.daemon.parameters(of: Interface.Label.self).map(\.class) == ["ok", "okay", nil]
    )
  }

  @Test func `each scan that was asked for is shown`() throws {
    let bench = try ControlBench { call in
      [
        .reply(Interface.Scan.Reply(prediction: .example(1)), continues: true),
        .reply(Interface.Scan.Reply(prediction: .example(2))),
      ]
    }
    let result = try bench.spectractl("scan", "--count", "2")
    #expect(result.output.split(separator: "\n").count == 2, "\(result.errors)")
    #expect(bench.daemon.parameters(of: Interface.Scan.self) == [.init(count: 2)])
  }

  @Test func `metrics of a daemon that is down say so`() throws {
    let folder = try TemporaryFolder()
    let file = folder.path("spectrad.prom")
    let result = try ProgramResult(
      "spectractl",
      ["metrics", "--socket", folder.path("nobody"), "--output", file],
      in: folder
    )
    #expect(result.status == 69)
    #expect(result.errors.contains("is spectrad running?"))
    #expect(try String(contentsOfFile: file, encoding: .utf8).hasSuffix("spectrad_up 0\n"))
    #expect(folder.names(endingIn: ".partial").isEmpty)
  }
}

/// A scripted daemon and a folder for what a command writes.
struct ControlBench {
  let folder: TemporaryFolder
  let daemon: ScriptedDaemon

  init(_ answer: @escaping @Sendable (ScriptedDaemon.Call) -> [ScriptedDaemon.Reply]) throws {
    folder = try TemporaryFolder()
    daemon = try ScriptedDaemon(path: folder.path("control.sock"), answer)
  }

  /// Runs a command that asks the scripted daemon, to its end.
  func spectractl(_ arguments: String...) throws -> ProgramResult {
    try ProgramResult("spectractl", arguments + ["--socket", daemon.path], in: folder)
  }
}

extension SpectradInterface.Sample {
  /// A sample with one answer.
  static let example = example(number: 1)

  /// Samples that differ in their identity alone.
  static func example(number: Int) -> SpectradInterface.Sample {
    SpectradInterface.Sample(
      sampleId: "01-\(number)",
      sample: "2250",
      scanner: "1",
      began: "2026-11-21T09:00:00.000000Z",
      ended: "2026-11-21T09:01:00.000000Z",
      final: true,
      scans: 2,
      storedScans: 2,
      targets: [
        .init(
          name: "hdl",
          class: "ok",
          probabilities: ["low": 0.1, "ok": 0.7, "high": 0.2],
          reasons: []
        )
      ],
      labels: [:],
      bundle: "blood@1.0.0",
      seq: 7
    )
  }
}

extension SpectradInterface.Prediction {
  /// The answer after a scan.
  static func example(
    _ number: Int,
    sampleId: String = "01A",
    final: Bool = false
  ) -> SpectradInterface.Prediction {
    SpectradInterface.Prediction(
      seq: number,
      time: "2026-11-21T09:00:00.000000Z",
      scanner: "1",
      sample: "2250",
      sampleId: sampleId,
      scans: 1,
      final: final,
      reference: .init(kind: "factory"),
      targets: SpectradInterface.Sample.example.targets,
      quality: .init(accepted: true, reasons: []),
      demonstration: true,
      bundle: "blood@1.0.0"
    )
  }
}
