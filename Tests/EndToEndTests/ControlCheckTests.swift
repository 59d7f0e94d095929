import Foundation
import Synchronization
import Testing
import Varlink

private typealias Interface = SpectradInterface

/// The daily check against a scripted scanner.
@Suite struct ControlCheckTests {
  @Test func `a check passes, tidies up and has the status 0`() throws {
    let bench = try ControlBench { ControlCheckTests.answer($0, lampBaseline: 3_800) }
    let result = try bench.spectractl("check", "--scans", "3")
    #expect(result.status == 0, "\(result.output)\(result.errors)")
    #expect(result.output.hasSuffix("pass\n"))
    #expect(result.output.contains("wavelengths were not checked"))
    #expect(
      bench.daemon.methods == [
        "GetStatus", "GetBaseline", "BeginSample", "Scan", "EndSample", "ReadScans", "DeleteSample",
      ]
    )
    let begun = bench.daemon.parameters(of: Interface.BeginSample.self)
    #expect(begun == [.init(scanner: "1", sample: "check white")])
  }

  @Test func `what has drifted is named, with status 1`() throws {
    let bench = try ControlBench { ControlCheckTests.answer($0, lampBaseline: 5_000) }
    let result = try bench.spectractl("check", "--scans", "3", "--keep", "--json")
    #expect(result.status == 1, "\(result.errors)")
    #expect(result.output.contains(#""verdict":"drifted""#))
    #expect(result.output.contains(#""quantity":"lamp","measured":3800,"baseline":5000"#))
    #expect(!bench.daemon.methods.contains("DeleteSample"))
  }

  @Test func `a baseline is measured and kept`() throws {
    let bench = try ControlBench { ControlCheckTests.answer($0, lampBaseline: nil) }
    let result = try bench.spectractl("check", "--scans", "3", "--baseline")
    #expect(result.status == 0, "\(result.errors)")
    #expect(result.output.contains("kept as the baseline"))
    let kept = try #require(bench.daemon.parameters(of: Interface.SetBaseline.self).first?.baseline)
    #expect(kept.scanner == "1" && kept.standard == "white" && kept.scans == 3)
    #expect(kept.lampPhotodiode == 3_800 && kept.noiseAbsorbance == 0)
    #expect(abs(kept.signalCounts - 80.0 / 64) < 1e-12)
  }

  @Test func `without a baseline nobody has to wait for scans`() throws {
    let bench = try ControlBench { ControlCheckTests.answer($0, lampBaseline: nil) }
    let result = try bench.spectractl("check")
    #expect(result.status == 66)
    #expect(result.errors.contains("spectractl check --baseline"))
    #expect(bench.daemon.methods == ["GetStatus", "GetBaseline"])
  }

  @Test func `a scanner that scans by itself is listened to`() throws {
    let bench = try ControlBench { call in
      guard call.method == "Subscribe" else {
        return ControlCheckTests.answer(call, lampBaseline: 3_800, mode: "continuous")
      }
      let hello = Interface.Hello(
        protocol: 1,
        stream: "first",
        daemon: "spectrad",
        oldest: 1,
        next: 5,
        demonstration: true,
        scanners: []
      )
      let events = [
        Interface.Prediction.example(5, sampleId: "other"), .example(6, sampleId: "01C"),
        .example(7, sampleId: "01C"), .example(8, sampleId: "01C"),
      ]
      return [.reply(Interface.Subscribe.Reply(hello: hello), continues: true)]
        + events.map { .reply(Interface.Subscribe.Reply(prediction: $0), continues: true) }
    }
    let result = try bench.spectractl("check", "--scans", "3")
    #expect(result.status == 0, "\(result.output)\(result.errors)")
    #expect(bench.daemon.methods.contains("EndSample"))
    #expect(bench.daemon.methods.last == "DeleteSample")
  }

  @Test func `whoever stops a check finds no sample of it`() throws {
    let bench = try ControlBench { call in
      // The scan does not come.
      call.method == "Scan" ? [] : ControlCheckTests.answer(call, lampBaseline: 3_800)
    }
    let program = try RunningProgram(
      "spectractl",
      ["check", "--socket", bench.daemon.path],
      in: bench.folder
    )
    let isScanning = eventually(seconds: 30) { bench.daemon.methods.contains("Scan") }
    try #require(isScanning, "\(program.errors)")
    program.kill(SIGINT)
    #expect(program.waitForExit() == 130, "\(program.errors)")
    #expect(bench.daemon.methods.last == "DeleteSample")
  }

  /// What a daemon with one scanner answers, whose standard is as white in each scan.
  private static func answer(
    _ call: ScriptedDaemon.Call,
    lampBaseline: Double?,
    mode: String = "onRequest"
  ) -> [ScriptedDaemon.Reply] {
    switch call.method {
    case "GetStatus": [.reply(Interface.GetStatus.Reply(status: .example(mode: mode)))]
    case "GetBaseline":
      lampBaseline.map { [.reply(Interface.GetBaseline.Reply(baseline: .example(lamp: $0)))] }
        ?? [.failure(.noBaseline(scanner: "1", standard: "white"))]
    case "BeginSample": [.reply(Interface.BeginSample.Reply(scanner: "1", sampleId: "01C"))]
    case "EndSample": [.reply(Interface.EndSample.Reply(scanner: "1", sampleId: "01C"))]
    case "Scan":
      (1...3).map { .reply(Interface.Scan.Reply(prediction: .example($0)), continues: $0 < 3) }
    case "ReadScans":
      [.reply(Interface.ReadScans.Reply(grid: .short), continues: true)]
        + (1...3).map { .reply(Interface.ReadScans.Reply(scan: .example), continues: $0 < 3) }
    case "DeleteSample": [.reply(Interface.DeleteSample.Reply(scans: 3))]
    default: [.members("{}")]
    }
  }
}

extension SpectradInterface.Baseline {
  /// A white standard's.
  fileprivate static func example(lamp: Double) -> SpectradInterface.Baseline {
    SpectradInterface.Baseline(
      scanner: "1",
      standard: "white",
      time: "2026-11-01T09:00:00.000000Z",
      scans: 10,
      noiseAbsorbance: 0.0005,
      lampPhotodiode: lamp,
      signalCounts: 80.0 / 64,
      peaksNanometres: []
    )
  }
}

extension SpectradInterface.Status {
  /// A daemon with one scanner.
  fileprivate static func example(mode: String) -> SpectradInterface.Status {
    let clients = SpectradInterface.ClientCounters(
      connected: 0,
      accepted: 0,
      refused: 0,
      stuck: 0,
      dropped: 0
    )
    return SpectradInterface.Status(
      daemon: "spectrad",
      started: "2026-11-21T09:00:00.000000Z",
      summary: "ready",
      mode: mode,
      stream: "first",
      oldest: 1,
      next: 5,
      demonstration: false,
      scanners: [
        .init(scanner: "1", place: "usb:1-1", state: "ready", since: "", scans: 0, scansLost: 0)
      ],
      store: .init(
        available: true,
        bytes: 0,
        scans: 0,
        samples: 0,
        written: 0,
        notStored: 0,
        expired: 0,
        setAside: 0
      ),
      predictionClients: clients,
      controlClients: clients
    )
  }
}
