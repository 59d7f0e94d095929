import Glibc
import Spectra
import Varlink

/// The sample that a check measures: begun, scanned, read back and erased.
struct CheckSample {
  private let daemon: ControlConnection
  private let socket: String
  private let interruption: CInt?
  private let standard: String
  private var sampleId: String?

  /// What the names of such samples begin with.
  static let namePrefix = "check "
  /// Ten scans take about half a minute; a scanner that needs ten times as long has stopped.
  private static let timeMax = Duration.seconds(300)
  /// The store commits within a second.
  private static let commitSecondsMax = 5.0
  private static let pauseMilliseconds: UInt32 = 50

  /// What was measured.
  struct Measured {
    var scanner: String
    var wavelengthsNanometres: [Double]
    var scans: [Scan]
  }

  init(socket: String, standard: String, interruption: CInt?) throws {
    daemon = try ControlConnection(path: socket, interruption: interruption)
    (self.socket, self.standard, self.interruption) = (socket, standard, interruption)
  }

  /// Takes so many scans of the standard.
  mutating func measure(
    scanner: String?,
    scans count: Int,
    isOnRequest: Bool
  ) throws -> Measured {
    if StandardError.isTerminal {
      StandardError.print("measuring \(count) scans; the standard \(standard) must be in place")
    }
    let name = try isOnRequest ? scanOnRequest(scanner, count) : awaitScans(scanner, count)
    let stored = try storedScans(count)
    guard let grid = stored.first?.grid else {
      throw VarlinkClientError.malformedReply(
        path: socket,
        reason: "it stored no scan of the standard"
      )
    }
    return Measured(
      scanner: name,
      wavelengthsNanometres: grid.wavelengthsNanometres,
      scans: stored.filter { $0.grid == grid }.prefix(count).map(\.scan)
    )
  }

  /// Erases the sample; one that cannot be erased is named to the person.
  mutating func delete() {
    guard let sampleId else { return }
    let deadline = ContinuousClock.now + .seconds(CheckSample.commitSecondsMax)
    while true {
      do {
        // A connection of its own: the one that measured may have ended.
        let daemon = try ControlConnection(path: socket)
        _ = try daemon.call(
          SpectradInterface.DeleteSample.self,
          .init(sampleId: sampleId),
          patience: .slow
        )
        return self.sampleId = nil
      } catch VarlinkClientError.refused(.noSuchSample) where ContinuousClock.now < deadline {
        usleep(CheckSample.pauseMilliseconds * 1_000)
      } catch {
        return StandardError.print(
          "the check's sample \(sampleId) is still stored (\(error)); delete it with: "
            + "spectractl sample delete \(sampleId)"
        )
      }
    }
  }

  private mutating func begin(_ scanner: String?) throws -> String {
    let begun = try daemon.call(
      SpectradInterface.BeginSample.self,
      .init(scanner: scanner, sample: CheckSample.namePrefix + standard)
    )
    .reply
    sampleId = begun.sampleId
    return begun.scanner
  }

  private func end(_ scanner: String) throws {
    do {
      _ = try daemon.call(SpectradInterface.EndSample.self, .init(scanner: scanner))
    } catch VarlinkClientError.refused(.noOpenSample) {
      // It had as many scans as a sample has, and ended by itself.
    }
  }

  private mutating func scanOnRequest(_ scanner: String?, _ count: Int) throws -> String {
    let name = try begin(scanner)
    var progress = ProgressLine()
    defer { progress.clear() }
    var taken = 0
    try daemon.readAll(
      SpectradInterface.Scan.self,
      .init(scanner: name, count: count),
      patience: .slow
    ) { _ in
      taken += 1
      progress.show("\(taken) of \(count) scans")
      return false
    }
    try end(name)
    return name
  }

  /// Takes the next scans of a scanner that scans by itself.
  private mutating func awaitScans(_ scanner: String?, _ count: Int) throws -> String {
    let events = try ControlConnection(path: socket, interruption: interruption)
    let deadline = ContinuousClock.now + CheckSample.timeMax
    var progress = ProgressLine()
    defer { progress.clear() }
    var (name, taken, hasEnded) = ("", 0, false)
    try events.readAll(
      SpectradInterface.Subscribe.self,
      .init(types: ["prediction"]),
      patience: .subscription
    ) { answer in
      // Only now: no scan of the sample can be missed.
      if answer.reply.hello != nil { name = try begin(scanner) }
      if let prediction = answer.reply.prediction, prediction.sampleId == sampleId {
        hasEnded = prediction.final
        if !prediction.final { taken += 1 }
        progress.show("\(taken) of \(count) scans")
      }
      guard ContinuousClock.now < deadline else {
        throw VarlinkClientError.timedOut(path: socket, after: CheckSample.timeMax)
      }
      return taken == count || hasEnded
    }
    if !hasEnded { try end(name) }
    return name
  }

  /// Reads the scans back as soon as the store has them.
  private func storedScans(
    _ count: Int
  ) throws -> [(scan: Scan, grid: SpectradInterface.Grid)] {
    let deadline = ContinuousClock.now + .seconds(CheckSample.commitSecondsMax)
    while true {
      do {
        let scans = try daemon.scans(of: sampleId ?? "")
        if scans.count >= count || ContinuousClock.now >= deadline { return scans }
      } catch VarlinkClientError.refused(.noSuchSample) where ContinuousClock.now < deadline {}
      usleep(CheckSample.pauseMilliseconds * 1_000)
    }
  }
}
