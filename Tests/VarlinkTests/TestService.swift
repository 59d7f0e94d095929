import NIOCore
import Synchronization
import Varlink

/// A service whose answers are what tests of the wire need.
final class TestService: VarlinkService {
  /// Something that the service reports.
  struct Alien: Error {}

  /// Whom it refuses.
  let refused: SpectradFailure?
  /// Display names of samples that were begun, in the order of the calls' ends.
  let begun = Mutex<[String]>([])
  /// Peers that called.
  let peers = Mutex<[PeerCredentials]>([])
  /// How many replies of `ReadScans` were sent.
  let scansSent = Atomic(0)
  /// How many answers were cancelled.
  let cancelled = Atomic(0)
  /// How many streams lost their client.
  let streamsClosed = Atomic(0)
  /// How often a stream was told to go on.
  let becameWritable = Atomic(0)
  private let gate = Gate()

  init(refusing refused: SpectradFailure? = nil) { self.refused = refused }

  /// Lets the answers go on that wait for it.
  func open() { gate.open() }

  func refusal(of peer: PeerCredentials) -> (any VarlinkFailure)? { refused }

  func answer(_ call: VarlinkCall, to replies: VarlinkReplies) async throws {
    peers.withLock { $0.append(call.peer) }
    switch call.method {
    case SpectradInterface.BeginSample.name: try await beginSample(call, replies)
    case SpectradInterface.ReadScans.name: try await readScans(call, replies)
    case SpectradInterface.Subscribe.name: try await subscribe(call, replies)
    case SpectradInterface.ListSamples.name:
      let parameters = try call.parameters(of: SpectradInterface.ListSamples.self)
      // As large as is asked for.
      let name = String(repeating: "x", count: parameters.limit ?? 1)
      try await replies.send(
        parameters: Array(#"{"samples":[],"more":false,"x":""#.utf8)
          + name.utf8 + Array("\"}".utf8)
      )
    case SpectradInterface.DeleteSample.name:
      let id = try call.parameters(of: SpectradInterface.DeleteSample.self).sampleId
      throw SpectradFailure.noSuchSample(sampleId: id)
    case SpectradInterface.SetBaseline.name:
      _ = try call.parameters(of: SpectradInterface.SetBaseline.self)
    case SpectradInterface.MeasureReference.name:
      do {
        try await Task.sleep(for: .seconds(3_600))
      } catch {
        cancelled.add(1, ordering: .relaxed)
        throw error
      }
    case SpectradInterface.GetMetrics.name: throw Alien()
    default: throw VarlinkServiceError.methodNotImplemented(method: call.method)
    }
  }

  /// Waits for the gate when the sample's name is `wait`.
  private func beginSample(_ call: VarlinkCall, _ replies: VarlinkReplies) async throws {
    let method = SpectradInterface.BeginSample.self
    let name = try call.parameters(of: method).sample ?? ""
    if name == "wait" { await gate.wait() }
    begun.withLock { $0.append(name) }
    try await replies.send(method.Reply(scanner: "s", sampleId: name), to: method)
  }

  /// As many scans as the sample's identity says.
  private func readScans(_ call: VarlinkCall, _ replies: VarlinkReplies) async throws {
    let method = SpectradInterface.ReadScans.self
    let count = Int(try call.parameters(of: method).sampleId) ?? 0
    let signal = [Int](repeating: 1_234_567, count: 864)
    for index in 0..<count {
      let scan = SpectradInterface.RecordedScan(sampleSignal: signal, scanIndex: index)
      do {
        try await replies.send(method.Reply(scan: scan), to: method, continues: true)
      } catch let error as VarlinkReplyError {
        cancelled.add(1, ordering: .relaxed)
        throw error
      }
      scansSent.add(1, ordering: .relaxed)
    }
  }

  /// Heartbeats as fast as the client takes them; after `after` of them a `bye`.
  private func subscribe(_ call: VarlinkCall, _ replies: VarlinkReplies) async throws {
    let count = try call.parameters(of: SpectradInterface.Subscribe.self).after ?? 0
    try await replies.stream { stream in
      var sent = 0
      let drain = { (stream: VarlinkReplyStream) in
        while stream.isWritable, sent < count {
          sent += 1
          let padding = String(repeating: " ", count: 1_000)
          stream.write("heartbeat", json: ByteBuffer(string: "{\"next\":\(sent)}\(padding)"))
        }
        stream.flush()
        if sent == count { stream.end("bye", json: ByteBuffer(string: #"{"type":"bye"}"#)) }
      }
      stream.onWritable = { [weak stream, becameWritable = self] in
        becameWritable.becameWritable.add(1, ordering: .relaxed)
        if let stream { drain(stream) }
      }
      stream.onClose = { self.streamsClosed.add(1, ordering: .relaxed) }
      drain(stream)
    }
  }
}

/// What tasks wait for until it is opened once.
private final class Gate: Sendable {
  private enum State {
    case closed([CheckedContinuation<Void, Never>])
    case open
  }

  private let state = Mutex(State.closed([]))

  func wait() async {
    await withCheckedContinuation { continuation in
      let isOpen = state.withLock { state in
        guard case .closed(let waiting) = state else { return true }
        state = .closed(waiting + [continuation])
        return false
      }
      if isOpen { continuation.resume() }
    }
  }

  func open() {
    let waiting = state.withLock { state in
      guard case .closed(let waiting) = state else { return [CheckedContinuation<Void, Never>]() }
      state = .open
      return waiting
    }
    for continuation in waiting { continuation.resume() }
  }
}
