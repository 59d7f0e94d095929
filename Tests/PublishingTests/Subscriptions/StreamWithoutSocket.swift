import Publishing
import Spectra

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
