import Acquisition
import Glibc
import Logging
import NIOCore
import Publishing
import ServiceLifecycle
import Spectra
import Store
import Streaming
import UnixSignals
import Varlink

/// The daemon: every stage on its own thread, from the first scanner to the last client.
///
/// Acquisition threads (one per scanner) → scan rings → pipeline thread → prediction ring →
/// publishing thread → the event loop of both sockets, and the store's thread.
package struct Daemon: Sendable {
  private let configuration: DaemonConfiguration
  private let loader: ConfigurationLoader
  private let logger: Logger
  private let threshold: LogThreshold

  /// Makes a daemon that does nothing yet; `loader` is asked again when it is to reload.
  package init(_ configuration: DaemonConfiguration, loader: ConfigurationLoader) {
    (self.configuration, self.loader) = (configuration, loader)
    let threshold = LogThreshold(Logger.Level(rawValue: configuration.logLevel) ?? .info)
    self.threshold = threshold
    logger = Logger(label: "spectrad") { label in
      AdjustableLog(
        LogDestination.handler(
          label: label,
          journalStream: ProcessEnvironment.variables["JOURNAL_STREAM"]
        ),
        threshold: threshold
      )
    }
  }

  /// Runs until SIGTERM or SIGINT.
  ///
  /// - Throws: what keeps the daemon from starting, in words for the administrator.
  package func run() async throws {
    // Until somebody listens to it, a request would end the process.
    for request in [SIGUSR1, SIGHUP] { signal(request, SIG_IGN) }
    let service = DaemonService(
      configuration: configuration,
      loader: loader,
      threshold: threshold,
      logger: logger
    )
    let group = ServiceGroup(
      configuration: ServiceGroupConfiguration(
        services: [.init(service: service)],
        gracefulShutdownSignals: [.sigterm, .sigint],
        logger: Logger(label: "spectrad.lifecycle", factory: { _ in SwiftLogNoOpLogHandler() })
      )
    )
    try await group.run()
  }
}

/// What the stages and those who ask for something share; made before any thread runs.
struct DaemonParts: Sendable {
  let server: PredictionServer
  let journal: EventJournal
  let taps = PredictionTaps()
  let latencies: StageLatencies
  let bundle: BundleInUse
  let pulses = StagePulses()
  let stateChanges = StateChanges()
  let threshold: LogThreshold
  let logger: Logger
}

/// The daemon's threads and servers, as one unit that starts and stops together.
private struct DaemonService: ServiceLifecycle.Service {
  let configuration: DaemonConfiguration
  let loader: ConfigurationLoader
  let threshold: LogThreshold
  let logger: Logger

  func run() async throws {
    let started = MonotonicClock.nanoseconds()
    if let folder = configuration.recordingFolder { try FileContents.checkWritable(folder: folder) }
    let sockets = try InheritedSockets.take()
    let bundle = try StartingBundle.load(configuration, logger: logger)
    let latencies = StageLatencies()
    let journal = StoreOpening(configuration, logger: logger).open()
    let server = PredictionServer(
      settings: publishingSettings(sockets),
      bundle: bundle.classifier?.bundle.report,
      numbers: journal.currentNumbers,
      history: journal.history
    )
    let parts = DaemonParts(
      server: server,
      journal: journal,
      latencies: latencies,
      bundle: bundle.inUse,
      threshold: threshold,
      logger: logger
    )
    do {
      try await server.start()
      try await serve(parts, bundle.classifier, sockets, started: started)
    } catch {
      await server.shutdown()
      journal.close()
      throw error
    }
    logger.info("stopped")
  }

  /// Runs the stages and the Varlink socket until the process is asked to end.
  private func serve(
    _ parts: DaemonParts,
    _ classifier: sending BundleClassifier?,
    _ sockets: InheritedSockets,
    started: UInt64
  ) async throws {
    let stages = try RunningStages(
      configuration: configuration,
      classifier: classifier,
      parts: parts
    )
    let daemon = RunningDaemon(configuration, loader: loader, parts: parts, stages: stages)
    let control = try await ControlSocket.open(of: daemon, inherited: sockets.control)
    // Its waiting is SwiftNIO's, so it is asked for a sign of life.
    let eventLoop = parts.server.eventLoop
    _ = parts.pulses.add("event loop") { pulse in eventLoop.execute { pulse.working() } }
    var watchdog: Watchdog?
    if let interval = Watchdog.interval {
      watchdog = try Watchdog(interval: interval, pulses: parts.pulses, logger: logger)
    }
    parts.stateChanges.listen { daemon.updateStatus() }
    logReady(started: started)
    daemon.notify.ready(status: daemon.summary)
    await followRequests(daemon)
    daemon.notify.stopping(status: "finishing what was measured")
    logger.tell(.stopping, "stopping")
    stages.stop()
    await parts.server.sayGoodbye()
    await control?.shutdown()
    await parts.server.shutdown()
    parts.journal.close()
    // Watched until here: an end that hangs is a hang as well.
    _ = consume watchdog
  }

  /// Waits for the end, and does meanwhile what signals and the store ask for.
  private func followRequests(_ daemon: RunningDaemon) async {
    await withTaskGroup { group in
      group.addTask { await measureReferencesOnRequest(daemon) }
      group.addTask { await reloadOnRequest(daemon) }
      group.addTask {
        await StoreOpening(configuration, logger: logger).reopenWhenLost(daemon.journal)
      }
      // It throws only when the task is cancelled, which means the same: come to an end.
      try? await gracefulShutdown()
      group.cancelAll()
    }
  }

  /// SIGUSR1 asks for a reference measurement.
  private func measureReferencesOnRequest(_ daemon: RunningDaemon) async {
    for await _ in await UnixSignalsSequence(trapping: .sigusr1) {
      logger.info("every scanner that is ready is asked to measure its white reference")
      daemon.stages.acquisitions.measureReferences()
    }
  }

  /// SIGHUP reloads, for those who know no other way; what comes of it stands in the log.
  private func reloadOnRequest(_ daemon: RunningDaemon) async {
    for await _ in await UnixSignalsSequence(trapping: .sighup) {
      _ = try? await daemon.reload()
    }
  }

  private func logReady(started: UInt64) {
    logger.tell(
      .started,
      "ready",
      metadata: [
        "sources": "\(configuration.sources.map(\.description).joined(separator: ","))",
        "predictions": "\(configuration.predictionSocketPath)",
        "control": "\(configuration.controlSocketPath ?? "none")",
        "startMicroseconds": "\((MonotonicClock.nanoseconds() - started) / 1_000)",
      ]
    )
    if configuration.sources.isEmpty {
      logger.warning("no scanner is configured: set scanner.sources")
    }
  }

  private func publishingSettings(_ sockets: InheritedSockets) -> PublishingSettings {
    var settings = PublishingSettings(
      socketPath: configuration.predictionSocketPath,
      daemon: ProgramVersion.daemon
    )
    settings.inheritedDescriptor = sockets.predictions
    settings.socketMode = configuration.predictionSocketMode
    settings.queuedLinesMax = configuration.clientQueueLines
    settings.heartbeatInterval = .seconds(configuration.heartbeatSeconds)
    return settings
  }
}

extension ModelBundle {
  /// The bundle as clients read it.
  var report: BundleReport {
    BundleReport(name: name, version: version, sha256: digest, demonstration: isDemonstration)
  }
}
