import Logging
import NIOPosix
import Store
import Synchronization

/// Opens the store that the configuration asks for, at the start and again after it was lost.
struct StoreOpening: Sendable {
  /// How long after a loss, and after each attempt in vain.
  private static let pause = Duration.seconds(60)

  private let folder: String?
  private let settings: StoreSettings
  private let logger: Logger

  init(_ configuration: DaemonConfiguration, logger: Logger) {
    folder = configuration.storeFolder
    settings = StoreSettings(
      ageDaysMax: configuration.storeAgeDaysMax,
      bytesMax: Int64(configuration.storeMebibytesMax) << 20
    )
    self.logger = logger
  }

  /// The journal of a daemon that starts: without a store when none is configured or none can be
  /// had, since predictions matter more.
  func open() -> EventJournal {
    let listener = StoreListener(logger: logger)
    let store = folder.map { folder in
      Store.open(folder: folder, settings: settings) { listener.take($0) }
    }
    let journal = EventJournal(store, logger: logger)
    listener.speak(to: journal)
    return journal
  }

  /// Tries again every minute while there should be a store and is none; ends when cancelled.
  func reopenWhenLost(_ journal: EventJournal) async {
    guard let folder else { return }
    while (try? await Task.sleep(for: StoreOpening.pause)) != nil {
      guard journal.store == nil else { continue }
      let listener = StoreListener(logger: logger, isQuiet: true)
      let settings = settings
      let opened = try? await NIOThreadPool.singleton.runIfActive {
        Store.open(folder: folder, settings: settings) { listener.take($0) }
      }
      guard let opened, opened.problem == nil else { continue }
      listener.speak(to: journal)
      journal.offer(opened)
    }
  }
}

/// Takes what the store reports, on whichever thread, and tells the log and the journal.
private final class StoreListener: Sendable {
  private struct State {
    var journal: EventJournal?
    /// Whether a store that cannot be used is no news.
    var isQuiet: Bool
  }

  private let state: Mutex<State>
  private let logger: Logger

  init(logger: Logger, isQuiet: Bool = false) {
    self.logger = logger
    state = Mutex(State(journal: nil, isQuiet: isQuiet))
  }

  func take(_ report: StoreReport) {
    let (journal, isQuiet) = state.withLock { ($0.journal, $0.isQuiet) }
    if case .unavailable = report, isQuiet { return }
    logger.tell(report)
    // While it opens nobody counts in its stream yet.
    if case .streamChanged = report { journal?.streamHasChanged() }
  }

  func speak(to journal: EventJournal) {
    state.withLock { ($0.journal, $0.isQuiet) = (journal, false) }
  }
}
