import Acquisition
import Logging
import Spectra
import Streaming
import Varlink

/// What is asked of a scanner: samples, scans, references.
extension Control {
  func beginSample(
    scanner name: String?,
    sample: String?
  ) async throws(SpectradFailure) -> SpectradInterface.BeginSample.Reply {
    var sampleName: SampleName?
    if let sample {
      guard let short = SampleName(sample), !sample.isEmpty else {
        throw .limitReached(what: "bytes in a sample's name", limit: Limits.sampleNameBytes)
      }
      sampleName = short
    }
    let (scanner, number) = try readyScanner(name)
    do throws(PipelineControlError) {
      let identity = try await daemon.stages.control.beginSample(
        scanner: number,
        name: sampleName
      )
      await daemon.stages.published.pass()
      return .init(scanner: scanner.name, sampleId: identity.text)
    } catch {
      throw Control.failure(error, scanner)
    }
  }

  func endSample(
    scanner name: String?
  ) async throws(SpectradFailure) -> SpectradInterface.EndSample.Reply {
    let scanner = try chosenScanner(name)
    guard let number = scanner.number else { throw .noOpenSample(scanner: scanner.name) }
    do throws(PipelineControlError) {
      let identity = try await daemon.stages.control.endSample(scanner: number)
      await daemon.stages.published.pass()
      return .init(scanner: scanner.name, sampleId: identity.text)
    } catch {
      throw Control.failure(error, scanner)
    }
  }

  func measureReference(
    scanner name: String?
  ) async throws(SpectradFailure) -> SpectradInterface.MeasureReference.Reply {
    let (scanner, _) = try readyScanner(name)
    let place = try place(of: scanner)
    do throws(ScannerRequestError) {
      let time = try await daemon.stages.acquisitions.measureReference(at: place)
      return .init(scanner: scanner.name, time: time.description)
    } catch {
      daemon.logger.tell(
        .referenceFailed,
        "no reference was measured: \(error)",
        metadata: ["scanner": "\(scanner.name)", "error": "\(error.reason)"]
      )
      throw Control.failure(error, scanner)
    }
  }

  /// Asks for scans and hands each answer's line to `reply` in turn.
  func scan(
    scanner name: String?,
    count: Int,
    reply: (_ line: [UInt8], _ isLast: Bool) async throws -> Void
  ) async throws {
    guard (1...Limits.scansPerSample).contains(count) else {
      throw SpectradFailure.limitReached(what: "scans in one call", limit: Limits.scansPerSample)
    }
    let (scanner, _) = try readyScanner(name)
    guard daemon.configuration.mode == .onRequest else {
      throw SpectradFailure.scansContinuously(scanner: scanner.name)
    }
    let place = try place(of: scanner)
    var answers = daemon.taps.open(scanner: scanner.name).makeAsyncIterator()
    // One after the other: a client that goes leaves at most the scan that is being made.
    for number in 1...count {
      try Task.checkCancellation()
      let outcome = await withCheckedContinuation { continuation in
        daemon.stages.acquisitions.requestScans(1, at: place) { continuation.resume(returning: $0) }
      }
      switch outcome {
      case .failed(let error): throw Control.failure(error, scanner)
      case .delivered(let time):
        // Answers come in the order of the scans; those of other calls are not ours.
        while let answer = await answers.next() {
          guard answer.time >= time else { continue }
          try await reply(answer.line, number == count)
          break
        }
      }
    }
  }

  /// The scanner of this name, or the only one when none is named.
  private func chosenScanner(
    _ name: String?
  ) throws(SpectradFailure) -> ScannerActivity.Scanner {
    let scanners = daemon.stages.activity.scanners
    if let name {
      guard let scanner = scanners.first(where: { $0.name == name }) else {
        throw .noSuchScanner(scanner: name, known: scanners.map(\.name))
      }
      return scanner
    }
    let connected = scanners.filter { $0.state == ScannerState.ready.rawValue }
    guard connected.count <= 1 else { throw .scannerAmbiguous(known: connected.map(\.name)) }
    guard let scanner = connected.first ?? (scanners.count == 1 ? scanners.first : nil) else {
      throw .noSuchScanner(scanner: nil, known: scanners.map(\.name))
    }
    return scanner
  }

  private func readyScanner(
    _ name: String?
  ) throws(SpectradFailure) -> (ScannerActivity.Scanner, number: UInt32) {
    let scanner = try chosenScanner(name)
    guard scanner.state == ScannerState.ready.rawValue, let number = scanner.number else {
      throw .scannerNotReady(scanner: scanner.name, state: scanner.state, reason: scanner.reason)
    }
    return (scanner, number)
  }

  private func place(
    of scanner: ScannerActivity.Scanner
  ) throws(SpectradFailure) -> ScannerAddress {
    guard let connection = daemon.stages.directory.connection(of: scanner.name) else {
      throw .scannerNotReady(
        scanner: scanner.name,
        state: ScannerState.disconnected.rawValue,
        reason: scanner.reason
      )
    }
    return connection.place
  }

  private static func failure(
    _ error: ScannerRequestError,
    _ scanner: ScannerActivity.Scanner
  ) -> SpectradFailure {
    switch error {
    case .tooManyRequests(let limit): .limitReached(what: "requests that wait", limit: limit)
    default:
      .measurementFailed(
        scanner: scanner.name,
        reason: error.reason,
        explanation: error.description
      )
    }
  }

  private static func failure(
    _ error: PipelineControlError,
    _ scanner: ScannerActivity.Scanner
  ) -> SpectradFailure {
    switch error {
    case .noOpenSample: .noOpenSample(scanner: scanner.name)
    case .tooManyRequests(let limit): .limitReached(what: "requests that wait", limit: limit)
    case .noSuchScanner, .stopping:
      .scannerNotReady(scanner: scanner.name, state: scanner.state, reason: "stopping")
    }
  }
}
