package import Acquisition
package import Logging
package import Spectra
package import Streaming
import Synchronization

/// The acquisition threads: one for each configured server, one for each scanner that is plugged in.
///
/// A thread of its own, `hotplug`, starts them as scanners arrive or are configured, and joins them
/// when they have ended, so that nobody who has to be quick ever waits for one. What cannot be
/// started for lack of threads or descriptors is tried again.
package final class AcquisitionThreads: Sendable {
  private struct State {
    var running: [ScannerAddress: ScannerThread] = [:]
    /// The servers whose scanners are wanted.
    var servers: [USBIPAddress] = []
    /// Those on this machine's USB that are there.
    var attached: [USBAttachment] = []
    /// Those of them that are not read yet.
    var arrived: [USBAttachment] = []
    var options: AcquisitionOptions
    /// How often the selection of those on USB was changed.
    var revision = 0
    var startedCount = 0
    var isStopping = false

    /// What is to be started now: what was at a place before has to have ended.
    mutating func takeFreePlaces() -> [ScannerAddress] {
      let occupied = Set(running.keys.map(\.description))
      let free = arrived.filter { !occupied.contains($0.description) }
      arrived.removeAll { !occupied.contains($0.description) }
      return servers.map { ScannerAddress.usbip($0) }.filter { running[$0] == nil }
        + free.map { ScannerAddress.usb($0) }
    }
  }

  private let state: Mutex<State>
  /// This machine's USB, once it is needed.
  private let bus = Mutex<USBBus?>(nil)
  private let usbSelection = SharedSelection(nil)
  private let references: FileReferenceStore
  private let lanes: ScannerLanes
  private let directory: ScannerDirectory
  private let pipeline: WakeUp.Signaller
  private let wake: WakeUp.Signaller
  private let pulses: StagePulses
  private let logger: Logger

  /// Prepares to read scanners into `lanes`; nothing runs before `use(sources:)`.
  ///
  /// `pipeline` is signalled for each scan, `wake` for the hotplug thread, which has to call
  /// `followChanges()` then. References that users measure are kept in `referenceFolder`.
  package init(
    options: AcquisitionOptions,
    referenceFolder: String,
    lanes: ScannerLanes,
    directory: ScannerDirectory,
    pipeline: WakeUp.Signaller,
    wake: WakeUp.Signaller,
    pulses: StagePulses = StagePulses(),
    logger: Logger
  ) {
    state = Mutex(State(options: options))
    references = FileReferenceStore(folder: referenceFolder)
    (self.lanes, self.directory, self.pipeline) = (lanes, directory, pipeline)
    (self.wake, self.pulses, self.logger) = (wake, pulses, logger)
  }

  /// Reads these scanners from now on: whoever is wanted no more is stopped, whoever is new started.
  ///
  /// The scans that a stopped scanner has delivered are answered as always.
  /// - Throws: `usbUnavailable` when scanners on USB are wanted and USB cannot be used; then nothing
  ///   is changed.
  package func use(sources: [ScannerSource]) throws(AcquisitionError) {
    let selection = ScannerSelection(sources)
    if selection != nil { try watchBus() }
    usbSelection.set(selection)
    let servers: [USBIPAddress] = sources.compactMap {
      if case .usbip(let address) = $0 { address } else { nil }
    }
    let unwanted = state.withLock { state in
      state.servers = servers
      state.revision += 1
      // Whoever was not wanted so far may be now: it is asked again who it is.
      let others = state.attached.filter { state.running[.usb($0)] == nil }
      state.arrived = selection == nil ? [] : others
      return state.running.filter { address, _ in !isWanted(address, servers, selection) }
    }
    for thread in unwanted.values { thread.acquisition.stop() }
    wake.signal()
  }

  /// Drives all scanners with other options, from the next scan of each on.
  package func use(options: AcquisitionOptions) {
    let threads = state.withLock { state in
      state.options = options
      return Array(state.running.values)
    }
    for thread in threads { thread.acquisition.use(options: options) }
  }

  /// Asks the scanner at `place` for scans, as `ScannerAcquisition.requestScans` does.
  package func requestScans(
    _ count: Int,
    at place: ScannerAddress,
    report: @escaping @Sendable (ScanOutcome) -> Void
  ) {
    guard let thread = state.withLock({ $0.running[place] }) else {
      return report(.failed(.notReady))
    }
    thread.acquisition.requestScans(count, report: report)
  }

  /// Measures the white standard that is in place at the scanner at `place`; returns when it was
  /// measured.
  package func measureReference(
    at place: ScannerAddress
  ) async throws(ScannerRequestError) -> Timestamp {
    guard let thread = state.withLock({ $0.running[place] }) else { throw .notReady }
    let result = await withCheckedContinuation { continuation in
      thread.acquisition.requestReference { continuation.resume(returning: $0) }
    }
    return try result.get()
  }

  /// Asks every scanner that can scan for a reference measurement.
  func measureReferences() {
    for thread in threads { thread.acquisition.requestReference { _ in } }
  }

  /// Takes note of what the bus told, on the bus's own thread.
  func busChanged(_ change: USBBus.Change) {
    switch change {
    case .arrived(let attachment):
      state.withLock { state in
        state.attached.append(attachment)
        if usbSelection.value != nil { state.arrived.append(attachment) }
      }
      wake.signal()
    case .left(let attachment):
      directory.scannerLeft(.usb(attachment))
      // Its thread may wait for the next attempt: it must not outlast what comes to its port next.
      let acquisition = state.withLock { state in
        state.attached.removeAll { $0 == attachment }
        state.arrived.removeAll { $0 == attachment }
        return state.running[.usb(attachment)]?.acquisition
      }
      acquisition?.scannerLeft()
    }
  }

  /// Joins the threads that have ended, and starts those that are missing.
  ///
  /// Returns false when something could not be started, which is to be tried again.
  package func followChanges() -> Bool {
    let isUSBWanted = usbSelection.value != nil
    let ended = state.withLock { state in
      let ended = state.running.filter { $0.value.hasEnded }
      for (address, thread) in ended {
        state.running[address] = nil
        // It ended for a selection that is no longer the one in force.
        guard case .usb(let attachment) = address, isUSBWanted, thread.revision != state.revision
        else { continue }
        if state.attached.contains(attachment) { state.arrived.append(attachment) }
      }
      return ended
    }
    for (address, thread) in ended {
      thread.join()
      directory.forget(place: address)
    }
    var isComplete = true
    for address in state.withLock({ $0.isStopping ? [] : $0.takeFreePlaces() }) {
      do throws(StartingError) {
        try start(address)
      } catch {
        isComplete = false
        tryAgain(address)
        logger.error("the scanner at \(address) is not read, trying again: \(error)")
      }
    }
    return isComplete
  }

  /// Ends all acquisitions at the same time and waits for their ends; none is started afterwards.
  package func stopAndJoin() {
    state.withLock { $0.isStopping = true }
    for thread in threads { thread.acquisition.stop() }
    for thread in threads { thread.join() }
  }

  /// Where scanners are being read or looked for, in no order.
  package var places: [ScannerAddress] { state.withLock { Array($0.running.keys) } }

  private var threads: [ScannerThread] {
    state.withLock { Array($0.running.values) }
  }
}

extension AcquisitionThreads {
  /// Begins to follow this machine's USB, if nobody does yet.
  private func watchBus() throws(AcquisitionError) {
    try bus.withLock { bus throws(AcquisitionError) in
      guard bus == nil else { return }
      // Whoever is plugged in already arrives at once, on this thread.
      bus = try USBBus { [weak self] change in self?.busChanged(change) }
    }
  }

  private func isWanted(
    _ address: ScannerAddress,
    _ servers: [USBIPAddress],
    _ selection: ScannerSelection?
  ) -> Bool {
    switch address {
    case .usbip(let server): servers.contains(server)
    case .usb:
      // One that has not said its serial number is asked for it when it does.
      directory.serialNumber(at: address).map {
        selection?.includes(serialNumber: $0, place: address.description) ?? false
      } ?? (selection != nil)
    }
  }

  private func start(_ address: ScannerAddress) throws(StartingError) {
    let (number, revision, options) = state.withLock { state in
      state.startedCount += 1
      return (state.startedCount, state.revision, state.options)
    }
    let (bus, wanted): (USBBus?, SharedSelection) =
      switch address {
      case .usb: (self.bus.withLock { $0 }, usbSelection)
      // A server's scanner was named by its address.
      case .usbip: (nil, SharedSelection(.any))
      }
    let thread: ScannerThread
    do {
      thread = try ScannerThread(
        acquisition(of: address, on: bus, wanted, options),
        revision: revision,
        // The kernel keeps 15 bytes of a name.
        name: "scanner-\(number % 1_000)",
        wake: wake
      )
    } catch {
      throw StartingError(description: "\(error)")
    }
    let isUnwanted = state.withLock { state in
      state.running[address] = thread
      // What changed meanwhile did not find it.
      if state.options != options { thread.acquisition.use(options: state.options) }
      if case .usbip(let server) = address { return !state.servers.contains(server) }
      return false
    }
    if isUnwanted { thread.acquisition.stop() }
  }

  private func acquisition(
    of address: ScannerAddress,
    on bus: USBBus?,
    _ wanted: SharedSelection,
    _ options: AcquisitionOptions
  ) throws(AcquisitionError) -> ScannerAcquisition<RingReceiver> {
    let receiver = RingReceiver(
      place: address,
      wanted: wanted,
      lanes: lanes,
      directory: directory,
      pipeline: pipeline
    )
    let pulse = pulses.add("scanner \(address)")
    // It is at work from `run` on, if it ever runs.
    pulse.waiting()
    do throws(AcquisitionError) {
      return try ScannerAcquisition(
        address: address,
        bus: bus,
        options: options,
        receiver: receiver,
        references: PlaceReferences(references, at: address, directory: directory),
        pulse: pulse
      )
    } catch {
      pulse.end()
      throw error
    }
  }

  private func tryAgain(_ address: ScannerAddress) {
    guard case .usb(let attachment) = address else { return }
    state.withLock { state in
      // Unless it has left meanwhile.
      if state.attached.contains(attachment) { state.arrived.append(attachment) }
    }
  }
}

/// Why a scanner's thread was not started, in words.
private struct StartingError: Error, CustomStringConvertible { let description: String }
