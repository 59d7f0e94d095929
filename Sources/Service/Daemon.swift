import Acquisition
import Glibc
import Logging
import Publishing
import ServiceLifecycle
import Spectra
import Streaming
import UnixSignals

/// The daemon: every stage on its own thread, from the first scanner to the last client.
///
/// Acquisition threads (one per scanner) → scan rings → pipeline thread → prediction ring →
/// publishing thread → the server's event loop.
package struct Daemon: Sendable {
  private let configuration: DaemonConfiguration
  private let logger: Logger

  /// Makes a daemon that does nothing yet.
  package init(_ configuration: DaemonConfiguration) {
    self.configuration = configuration
    var logger = Logger(label: "spectrad", factory: StreamLogHandler.standardError(label:))
    logger.logLevel = Logger.Level(rawValue: configuration.logLevel) ?? .info
    self.logger = logger
  }

  /// Runs until SIGTERM or SIGINT.
  ///
  /// - Throws: what keeps the daemon from starting, in words for the administrator.
  package func run() async throws {
    // Until somebody listens to it, a request would end the process.
    signal(SIGUSR1, SIG_IGN)
    let group = ServiceGroup(
      configuration: ServiceGroupConfiguration(
        services: [.init(service: DaemonService(configuration: configuration, logger: logger))],
        gracefulShutdownSignals: [.sigterm, .sigint],
        logger: Logger(label: "spectrad.lifecycle", factory: { _ in SwiftLogNoOpLogHandler() })
      )
    )
    try await group.run()
  }
}

/// The daemon's threads and server, as one unit that starts and stops together.
private struct DaemonService: ServiceLifecycle.Service {
  let configuration: DaemonConfiguration
  let logger: Logger

  func run() async throws {
    let started = MonotonicClock.nanoseconds()
    if let folder = configuration.recordingFolder { try FileContents.checkWritable(folder: folder) }
    let classifier = try loadBundle()
    let server = PredictionServer(settings: publishingSettings, bundle: classifier?.bundle.report)
    do {
      try await server.start()
      try await serve(classifier, server, started: started)
    } catch {
      await server.shutdown()
      throw error
    }
    await server.shutdown()
    logger.info("stopped")
  }

  /// Runs the stages until the process is asked to end.
  private func serve(
    _ classifier: BundleClassifier?,
    _ server: PredictionServer,
    started: UInt64
  ) async throws {
    let stages = try RunningStages(
      configuration: configuration,
      classifier: classifier,
      server: server,
      logger: logger
    )
    logger.info(
      "ready",
      metadata: [
        "sources": "\(configuration.sources.map(\.description).joined(separator: ","))",
        "bundle": "\(classifier?.bundle.label ?? "none")",
        "predictions": "\(configuration.predictionSocketPath)",
        "startMicroseconds": "\((MonotonicClock.nanoseconds() - started) / 1_000)",
      ]
    )
    if configuration.sources.isEmpty {
      logger.warning("no scanner is configured: set scanner.sources")
    }
    await withTaskGroup { group in
      group.addTask { [acquisitions = stages.acquisitions] in
        await measureReferencesOnRequest(of: acquisitions)
      }
      // It throws only when the task is cancelled, which means the same: come to an end.
      try? await gracefulShutdown()
      group.cancelAll()
    }
    logger.info("stopping")
    stages.stop()
  }

  /// SIGUSR1 asks for a reference measurement.
  private func measureReferencesOnRequest(of acquisitions: AcquisitionThreads) async {
    for await _ in await UnixSignalsSequence(trapping: .sigusr1) {
      logger.info("every scanner that is ready is asked to measure its white reference")
      acquisitions.measureReferences()
    }
  }

  private var publishingSettings: PublishingSettings {
    var settings = PublishingSettings(
      socketPath: configuration.predictionSocketPath,
      daemon: "spectrad " + ProgramVersion.text
    )
    settings.socketMode = configuration.predictionSocketMode
    settings.queuedLinesMax = configuration.clientQueueLines
    settings.heartbeatInterval = .seconds(configuration.heartbeatSeconds)
    return settings
  }

  private func loadBundle() throws -> BundleClassifier? {
    guard let folder = configuration.bundlePath else {
      logger.warning("no bundle is configured: scans are published without predictions")
      return nil
    }
    let classifier = try BundleClassifier(
      try BundleLoader.load(folder: folder),
      referenceAgeSecondsMax: configuration.referenceAgeHoursMax.map { $0 * 3_600 }
    )
    if classifier.bundle.isDemonstration {
      logger.notice("the bundle is for demonstration only, not for diagnosis")
    }
    return classifier
  }
}

extension ModelBundle {
  /// The bundle as clients read it.
  var report: BundleReport {
    BundleReport(name: name, version: version, sha256: digest, demonstration: isDemonstration)
  }
}
