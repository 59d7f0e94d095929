import Publishing
import Spectra

/// Runs `run` with a server on a socket of its own and shuts it down afterwards.
func withServer(
  _ store: MemoryStore? = nil,
  _ adjust: (inout PublishingSettings) -> Void = { _ in },
  run: (PredictionServer, String) async throws -> Void
) async throws {
  let folder = try SocketFolder()
  let server = makeServer(folder.socket, store, adjust)
  do {
    try await server.start()
    try await run(server, folder.socket)
  } catch {
    await server.shutdown()
    throw error
  }
  await server.shutdown()
}

func makeServer(
  _ path: String,
  _ store: MemoryStore? = nil,
  _ adjust: (inout PublishingSettings) -> Void = { _ in }
) -> PredictionServer {
  var settings = PublishingSettings(socketPath: path, daemon: "spectrad test")
  settings.shutdownTimeout = .milliseconds(500)
  adjust(&settings)
  return PredictionServer(
    settings: settings,
    bundle: Example.bundle,
    numbers: store ?? UnstoredNumbers(),
    history: store
  )
}

func expectedLine(_ event: StreamEvent, sequence: Int) -> String {
  var event = event
  if case .prediction(var prediction, nil) = event {
    prediction.latencyMicroseconds = nil
    event = .prediction(prediction, monotonicNanoseconds: nil)
  }
  let bytes = StreamLines.line(event, sequence: UInt64(sequence))
  return String(decoding: bytes.dropLast(), as: UTF8.self)
}

struct NeverHappened: Error {}

/// Waits until `condition` holds, at most ten seconds.
func eventually(_ condition: () -> Bool) async throws {
  for _ in 0..<1_000 {
    if condition() { return }
    try await Task.sleep(for: .milliseconds(10))
  }
  throw NeverHappened()
}

/// Runs `run` with a server that listens nowhere, and shuts it down afterwards.
func withStream(
  _ store: MemoryStore?,
  _ adjust: (inout PublishingSettings) -> Void = { _ in },
  run: (PredictionServer) async throws -> Void
) async throws {
  var settings = PublishingSettings(socketPath: "", daemon: "spectrad test")
  settings.shutdownTimeout = .milliseconds(500)
  adjust(&settings)
  let server = PredictionServer(
    settings: settings,
    bundle: Example.bundle,
    numbers: store ?? UnstoredNumbers(),
    history: store
  )
  do {
    try await run(server)
  } catch {
    await server.shutdown()
    throw error
  }
  await server.shutdown()
}

/// The line of an event as an earlier run of the daemon published it.
func storedLine(_ sequence: Int) -> NumberedLine {
  NumberedLine(
    sequence: UInt64(sequence),
    kind: .prediction,
    scanner: Example.scanner.name,
    sampleId: Example.prediction.sampleId,
    isFinal: false,
    bytes: StreamLines.line(Example.numbered(sequence), sequence: UInt64(sequence))
  )
}

func numbered(
  _ number: Int,
  scanner: String = Example.scanner.name,
  sampleId: String = "01J",
  isFinal: Bool = false
) -> StreamEvent {
  var prediction = Example.prediction
  (prediction.scans, prediction.sampleId, prediction.final) = (number, sampleId, isFinal)
  prediction.scanner = scanner
  return .prediction(prediction, monotonicNanoseconds: nil)
}
