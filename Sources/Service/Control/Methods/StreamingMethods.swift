import Publishing
import Spectra
import Store
import Varlink

/// Methods with more than one reply.
extension Control {
  func subscribe(
    _ parameters: SpectradInterface.Subscribe.Parameters,
    _ replies: VarlinkReplies
  ) async throws {
    let filter = SubscriptionFilter(
      scanners: parameters.scanners.map { Set($0) },
      types: try parameters.types.map { try Control.kinds($0) },
      finalOnly: parameters.finalOnly ?? false
    )
    var after: UInt64?
    if let number = parameters.after {
      guard let number = UInt64(exactly: number) else {
        throw VarlinkServiceError.invalidParameter(parameter: "after")
      }
      after = number
    }
    let (server, stream) = (daemon.server, parameters.stream)
    try await replies.stream { [after] replies in
      do throws(SubscriptionRefusal) {
        try server.subscribe(
          after: after,
          stream: stream,
          filter: filter,
          outlet: SubscriptionOutlet(replies)
        )
      } catch {
        replies.end(failing: SpectradFailure(error))
      }
    }
  }

  func readScans(_ sampleId: String, _ replies: VarlinkReplies) async throws {
    typealias Method = SpectradInterface.ReadScans
    var pending: Method.Reply?
    var lastGrid: Int64?
    var last: UInt64 = 0
    while true {
      let (page, labels) = try await scans(ofSample: sampleId, after: last)
      guard let end = page.scans.last?.sequence else { break }
      last = end
      for scan in page.scans {
        if scan.grid != lastGrid, let grid = page.grids.first(where: { $0.key == scan.grid }) {
          lastGrid = scan.grid
          if let pending { try await replies.send(pending, to: Method.self, continues: true) }
          pending = Method.Reply(
            grid: SpectradInterface.Grid(
              wavelengthsNanometres: grid.wavelengthsNanometres,
              scanner: grid.scanner
            )
          )
        }
        // One reply behind: only the last says that none follows.
        if let pending { try await replies.send(pending, to: Method.self, continues: true) }
        pending = Method.Reply(scan: SpectradInterface.RecordedScan(scan.scan, labels: labels))
      }
    }
    try await replies.send(pending ?? Method.Reply(), to: Method.self)
  }

  func scan(
    _ parameters: SpectradInterface.Scan.Parameters,
    _ replies: VarlinkReplies
  ) async throws {
    try await scan(scanner: parameters.scanner, count: parameters.count ?? 1) { line, isLast in
      let reply = Array(#"{"prediction":"#.utf8) + line.dropLast() + Array("}".utf8)
      try await replies.send(parameters: reply, continues: !isLast)
    }
  }

  func samples(
    _ parameters: SpectradInterface.ListSamples.Parameters
  ) async throws -> SpectradInterface.ListSamples.Reply {
    let limit = parameters.limit ?? 100
    guard (1...SampleFilter.limitMax).contains(limit) else {
      throw VarlinkServiceError.invalidParameter(parameter: "limit")
    }
    var filter = SampleFilter()
    (filter.scanner, filter.sample) = (parameters.scanner, parameters.sample)
    if let since = parameters.since {
      guard let time = Timestamp(since) else {
        throw VarlinkServiceError.invalidParameter(parameter: "since")
      }
      filter.since = time
    }
    (filter.isLabelled, filter.before) = (parameters.labelled, parameters.before)
    filter.limit = limit
    return try await samples(filter)
  }

  private static func kinds(_ names: [String]) throws -> Set<StreamObjectKind> {
    let numbered: Set<StreamObjectKind> = [.scanner, .prediction, .bundle, .scansLost]
    return try Set(
      names.map { name in
        guard let kind = StreamObjectKind(rawValue: name), numbered.contains(kind) else {
          throw VarlinkServiceError.invalidParameter(parameter: "types")
        }
        return kind
      }
    )
  }
}

extension SpectradFailure {
  /// Why nobody could subscribe, as clients read it.
  init(_ refusal: SubscriptionRefusal) {
    switch refusal {
    case .streamChanged(let stream): self = .streamChanged(stream: stream)
    case .tooManyClients(let limit): self = .limitReached(what: "subscriptions", limit: limit)
    case .shuttingDown: self = .storeUnavailable(explanation: "the daemon is stopping")
    }
  }
}
