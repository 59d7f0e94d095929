import Acquisition
import Logging
import Publishing
import Spectra
import Store
import Synchronization
import Varlink

/// Everything that a running daemon consists of, for those who ask it and control it.
final class RunningDaemon: Sendable {
  /// CLOCK_REALTIME at the start.
  let started = Timestamp.now()
  let stages: RunningStages
  let server: PredictionServer
  let journal: EventJournal
  let taps: PredictionTaps
  let latencies: StageLatencies
  let bundle: BundleInUse
  let threshold: LogThreshold
  let logger: Logger
  let notify = NotifySocket()
  private let loader: ConfigurationLoader
  private let values: Mutex<DaemonConfiguration>
  private let peers: Mutex<PeerPermissions>
  private let lastStatus = Mutex("")
  private let reloading = Mutex(false)
  /// What the Varlink socket counts; nil before it listens.
  private let control = Mutex<VarlinkServer?>(nil)

  init(
    _ configuration: DaemonConfiguration,
    loader: ConfigurationLoader,
    parts: DaemonParts,
    stages: RunningStages
  ) {
    self.loader = loader
    self.stages = stages
    (server, journal, taps) = (parts.server, parts.journal, parts.taps)
    (latencies, bundle) = (parts.latencies, parts.bundle)
    (threshold, logger) = (parts.threshold, parts.logger)
    values = Mutex(configuration)
    peers = Mutex(PeerPermissions(of: configuration))
  }

  /// The configuration in force.
  var configuration: DaemonConfiguration { values.withLock { $0 } }

  /// Who may read and who may control.
  var permissions: PeerPermissions { peers.withLock { $0 } }

  /// One line for people: what the daemon does now, or what is wrong.
  var summary: String {
    let scanners = stages.activity.scanners
    let ready = scanners.count { $0.state == ScannerReport.ready }
    var parts: [String] = []
    switch (scanners.count, ready) {
    case (0, _): parts.append("no scanner is connected")
    case (1, 1): parts.append("1 scanner is ready")
    case (let all, let some) where all == some: parts.append("\(some) scanners are ready")
    case (let all, let some): parts.append("\(some) of \(all) scanners are ready")
    }
    parts.append(
      bundle.report.map { "the bundle is \($0.name)@\($0.version)" } ?? bundle.problem
        ?? "no bundle is selected, so scans are stored without answers"
    )
    if journal.isConfigured, let problem = journal.counters.problem {
      parts.append("nothing is stored: \(problem)")
    }
    return parts.joined(separator: "; ")
  }

  /// Tells systemd what the daemon does, when that has changed.
  func updateStatus() {
    let summary = summary
    let isNew = lastStatus.withLock { last in
      defer { last = summary }
      return last != summary
    }
    if isNew { notify.status(summary) }
  }

  /// What the Varlink socket has counted.
  func controlClients() -> SpectradInterface.ClientCounters {
    let counters = control.withLock { $0 }?.counters
    let subscribers = server.counters.subscribers
    return SpectradInterface.ClientCounters(
      connected: counters?.clientsConnected ?? 0,
      accepted: Int(counters?.clientsAccepted ?? 0),
      refused: Int(counters?.clientsRefused ?? 0),
      stuck: Int(counters?.clientsStuck ?? 0) + subscribers.stuck,
      dropped: subscribers.dropped
    )
  }

  /// Takes note of the Varlink socket.
  func serves(control server: VarlinkServer) { control.withLock { $0 = server } }
}

/// What a reload does.
extension RunningDaemon {
  /// Reads the configuration and the bundle again; nothing changes when either is refused.
  ///
  /// One at a time: two at once could bring halves of two configurations into force.
  func reload() async throws(SpectradFailure) -> SpectradInterface.Reload.Reply {
    let isFirst = reloading.withLock { isReloading in
      defer { isReloading = true }
      return !isReloading
    }
    guard isFirst else { throw .limitReached(what: "reload at a time", limit: 1) }
    defer { reloading.withLock { $0 = false } }
    notify.reloading(monotonicNanoseconds: MonotonicClock.nanoseconds())
    defer { notify.ready(status: summary) }
    let old = configuration
    let new: DaemonConfiguration
    switch await loader.load() {
    case .success(let loaded): new = loaded
    case .failure(let mistakes):
      logger.tell(.configurationRefused, "the configuration is refused: \(mistakes)")
      throw .configurationRefused(explanation: mistakes.description)
    }
    let changed = ConfigurationKey.changed(from: old, to: new)
    do throws(BundleError) {
      try bundle.follow(new, on: self)
    } catch {
      logger.tell(.bundleRefused, "the bundle is refused: \(error)")
      throw .bundleRefused(name: new.bundleInUsePath ?? "", explanation: error.description)
    }
    do throws(AcquisitionError) {
      try stages.acquisitions.use(sources: new.sources)
    } catch {
      // It was good a moment ago; if its files have gone meanwhile, the new one stays.
      try? bundle.follow(old, on: self)
      logger.tell(.configurationRefused, "scanner.sources is refused: \(error)")
      throw .configurationRefused(explanation: "scanner.sources: \(error)")
    }
    apply(new)
    return told(changed)
  }

  /// Says which of the changed keys are in force now.
  private func told(_ changed: [ConfigurationKey]) -> SpectradInterface.Reload.Reply {
    let applied = changed.filter(\.isReloadable).map(\.name)
    let restartNeeded = changed.filter { !$0.isReloadable }.map(\.name)
    logger.tell(
      .configurationReloaded,
      "the configuration was read again",
      metadata: [
        "applied": "\(applied.joined(separator: ","))",
        "restartNeeded": "\(restartNeeded.joined(separator: ","))",
      ]
    )
    return SpectradInterface.Reload.Reply(applied: applied, restartNeeded: restartNeeded)
  }

  private func apply(_ new: DaemonConfiguration) {
    values.withLock { $0 = $0.replacingReloadable(by: new) }
    let permissions = PeerPermissions(of: new)
    peers.withLock { $0 = permissions }
    threshold.level = Logger.Level(rawValue: new.logLevel) ?? .info
    stages.control.use(sampleEnd: new.sampleEnd)
    stages.acquisitions.use(options: new.acquisitionOptions(for: bundle.model))
  }
}

extension PeerPermissions {
  fileprivate init(of configuration: DaemonConfiguration) {
    self.init(readGroup: configuration.readGroup, controlGroup: configuration.controlGroup)
  }
}

extension DaemonConfiguration {
  /// This configuration with the values of `new` where a reload brings them into force.
  func replacingReloadable(by new: DaemonConfiguration) -> DaemonConfiguration {
    var result = self
    (result.sources, result.mode) = (new.sources, new.mode)
    result.statusPollMilliseconds = new.statusPollMilliseconds
    (result.scansPerSample, result.silenceSeconds) = (new.scansPerSample, new.silenceSeconds)
    (result.bundlePath, result.bundleFolder) = (new.bundlePath, new.bundleFolder)
    result.preferredReference = new.preferredReference
    result.referenceAgeHoursMax = new.referenceAgeHoursMax
    (result.readGroup, result.controlGroup) = (new.readGroup, new.controlGroup)
    result.logLevel = new.logLevel
    return result
  }
}
