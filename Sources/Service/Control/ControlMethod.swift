import Varlink

/// One method of `io.spectrad`: what it needs, and what answers it.
struct ControlMethod: Sendable {
  let name: String
  let permission: PeerPermissions.Permission
  let answer: @Sendable (Control, VarlinkCall, VarlinkReplies) async throws -> Void

  /// A method with one reply.
  static func replying<Method: VarlinkMethod>(
    _ method: Method.Type,
    _ permission: PeerPermissions.Permission = .read,
    _ reply:
      @escaping @Sendable (Control, Method.Parameters) async throws -> Method.Reply
  ) -> ControlMethod {
    ControlMethod(name: Method.name, permission: permission) { control, call, replies in
      let parameters = try call.parameters(of: method)
      try await replies.send(try await reply(control, parameters), to: method)
    }
  }

  /// A method with any number of replies.
  static func streaming<Method: VarlinkMethod>(
    _ method: Method.Type,
    _ permission: PeerPermissions.Permission = .read,
    _ answer:
      @escaping @Sendable (Control, Method.Parameters, VarlinkReplies) async throws -> Void
  ) -> ControlMethod {
    ControlMethod(name: Method.name, permission: permission) { control, call, replies in
      try await answer(control, try call.parameters(of: method), replies)
    }
  }

  /// Every method, by its name.
  static let all = Dictionary(
    uniqueKeysWithValues: (reading + controlling).map { ($0.name, $0) }
  )

  private typealias Spectrad = SpectradInterface

  private static let reading: [ControlMethod] = [
    .replying(Spectrad.GetStatus.self) { control, _ in .init(status: control.status()) },
    .replying(Spectrad.GetMetrics.self) { control, _ in .init(metrics: control.metrics()) },
    .replying(Spectrad.ListScanners.self) { control, _ in .init(scanners: control.scanners()) },
    .streaming(Spectrad.Subscribe.self) { try await $0.subscribe($1, $2) },
    .replying(Spectrad.GetScan.self) { try await $0.scan($1.seq) },
    .replying(Spectrad.ListSamples.self) { try await $0.samples($1) },
    .replying(Spectrad.GetSample.self) { try await $0.sample($1.sampleId) },
    .streaming(Spectrad.ReadScans.self) { try await $0.readScans($1.sampleId, $2) },
    .replying(Spectrad.ListBundles.self) { control, _ in .init(bundles: control.bundles()) },
    .replying(Spectrad.GetBaseline.self) { control, parameters in
      .init(
        baseline: try await control.baseline(
          scanner: parameters.scanner,
          standard: parameters.standard
        )
      )
    },
  ]

  private static let controlling: [ControlMethod] = [
    .replying(Spectrad.BeginSample.self, .control) {
      try await $0.beginSample(scanner: $1.scanner, sample: $1.sample)
    },
    .replying(Spectrad.EndSample.self, .control) { try await $0.endSample(scanner: $1.scanner) },
    .replying(Spectrad.DeleteSample.self, .control) { control, parameters in
      .init(scans: try await control.deleteSample(parameters.sampleId))
    },
    .streaming(Spectrad.Scan.self, .control) { try await $0.scan($1, $2) },
    .replying(Spectrad.MeasureReference.self, .control) {
      try await $0.measureReference(scanner: $1.scanner)
    },
    .replying(Spectrad.LoadBundle.self, .control) { control, parameters in
      .init(bundle: try await control.loadBundle(parameters.name))
    },
    .replying(Spectrad.Label.self, .control) { control, parameters in
      try await control.label(
        parameters.sampleId,
        target: parameters.target,
        className: parameters.class
      )
      return .init()
    },
    .replying(Spectrad.Reload.self, .control) { control, _ in
      try await control.daemon.reload()
    },
    .replying(Spectrad.SetBaseline.self, .control) { control, parameters in
      try await control.setBaseline(parameters.baseline)
      return .init()
    },
  ]
}
