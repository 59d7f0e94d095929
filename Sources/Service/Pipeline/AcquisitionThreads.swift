import Acquisition
import Logging
import Streaming
import Synchronization

/// The acquisition threads: one for each configured server, one for each scanner that is plugged in.
///
/// A thread of its own, `hotplug`, starts them as scanners arrive and joins them when they have
/// ended, so that nobody who has to be quick ever waits for one.
final class AcquisitionThreads: Sendable {
  /// Makes what drives the scanner at an address; the bus is that of an address on this machine.
  typealias MakeAcquisition =
    @Sendable (ScannerAddress, USBBus?) -> ScannerAcquisition<RingReceiver>

  private struct State {
    var running: [ScannerAddress: ScannerThread] = [:]
    /// Those that have arrived and are not read yet.
    var arrived: [USBAttachment] = []
    var startedCount = 0
    var isStopping = false

    /// Takes the arrivals whose places are free: what was plugged in there before has to have ended.
    mutating func takeArrivalsAtFreePlaces() -> [USBAttachment] {
      let occupied = Set(running.keys.map(\.description))
      let free = arrived.filter { !occupied.contains($0.description) }
      arrived.removeAll { !occupied.contains($0.description) }
      return free
    }
  }

  private let state = Mutex(State())
  private let makeAcquisition: MakeAcquisition
  private let directory: ScannerDirectory
  private let wake: WakeUp.Signaller
  private let logger: Logger

  /// Starts a thread for each server of `addresses`; `directory` hears of places that are no more.
  init(
    addresses: [USBIPAddress],
    wake: WakeUp.Signaller,
    makeAcquisition: @escaping MakeAcquisition,
    directory: ScannerDirectory,
    logger: Logger
  ) throws(StreamingError) {
    (self.makeAcquisition, self.directory) = (makeAcquisition, directory)
    (self.wake, self.logger) = (wake, logger)
    for address in addresses { try start(.usbip(address), on: nil) }
  }

  /// Takes note of what the bus told, on the bus's own thread.
  func busChanged(_ change: USBBus.Change) {
    switch change {
    case .arrived(let attachment):
      state.withLock { $0.arrived.append(attachment) }
      wake.signal()
    case .left(let attachment):
      directory.scannerLeft(.usb(attachment))
      // Its thread may wait for the next attempt: it must not outlast what comes to its port next.
      let acquisition = state.withLock { state in
        state.arrived.removeAll { $0 == attachment }
        return state.running[.usb(attachment)]?.acquisition
      }
      acquisition?.scannerLeft()
    }
  }

  /// Starts a thread for each scanner that has arrived, and joins those that have ended.
  func followChanges(on bus: USBBus) {
    let ended = state.withLock { state in
      let ended = state.running.filter { $0.value.hasEnded }
      for address in ended.keys { state.running[address] = nil }
      return ended
    }
    for (address, thread) in ended {
      thread.join()
      directory.forget(place: address)
    }
    for attachment in state.withLock({ $0.takeArrivalsAtFreePlaces() }) {
      do throws(StreamingError) {
        try start(.usb(attachment), on: bus)
      } catch {
        logger.error("the scanner at \(attachment) is not read: \(error)")
      }
    }
  }

  /// Asks every scanner that can scan for a reference measurement.
  func measureReferences() {
    for thread in threads { thread.acquisition.requestReference() }
  }

  /// Ends all acquisitions at the same time and waits for their ends; none is started afterwards.
  func stopAndJoin() {
    state.withLock { $0.isStopping = true }
    for thread in threads { thread.acquisition.stop() }
    for thread in threads { thread.join() }
  }

  private var threads: [ScannerThread] {
    state.withLock { Array($0.running.values) }
  }

  private func start(_ address: ScannerAddress, on bus: USBBus?) throws(StreamingError) {
    let number: Int? = state.withLock { state in
      state.startedCount += 1
      return state.isStopping ? nil : state.startedCount
    }
    guard let number else { return }
    let thread = try ScannerThread(
      makeAcquisition(address, bus),
      // The kernel keeps 15 bytes of a name.
      name: "scanner-\(number % 1_000)",
      wake: wake
    )
    state.withLock { $0.running[address] = thread }
  }
}

/// One scanner's acquisition and its thread; stopped and joined at the latest with the last reference.
// SAFETY (Sendable): the thread's handle is behind a lock.
private final class ScannerThread: Sendable {
  let acquisition: ScannerAcquisition<RingReceiver>
  private let thread: Mutex<StageThread?>
  private let end = StopFlag()

  /// Whether the acquisition has come to its end, so that joining takes no time.
  var hasEnded: Bool { end.isSet }

  init(
    _ acquisition: ScannerAcquisition<RingReceiver>,
    name: String,
    wake: WakeUp.Signaller
  ) throws(StreamingError) {
    self.acquisition = acquisition
    let end = end
    let thread = try StageThread(name: name, stage: acquisition) { acquisition in
      acquisition.run()
      end.set()
      wake.signal()
    }
    self.thread = Mutex(thread)
  }

  deinit {
    acquisition.stop()
    join()
  }

  /// Waits for the acquisition's end.
  func join() {
    // The thread is joined where its value ends.
    thread.withLock { $0 = nil }
  }
}

/// The hotplug thread: waits until the bus or an ended acquisition wakes it.
struct HotplugStage: ~Copyable, Sendable {
  private let bus: USBBus
  private let threads: AcquisitionThreads
  private var wakeUp: WakeUp
  private let stop: StopFlag

  init(bus: USBBus, threads: AcquisitionThreads, wakeUp: consuming WakeUp, stop: StopFlag) {
    (self.bus, self.threads, self.stop) = (bus, threads, stop)
    self.wakeUp = wakeUp
  }

  /// Runs until the flag is set.
  mutating func run() {
    while !stop.isSet {
      threads.followChanges(on: bus)
      _ = wakeUp.wait(timeout: nil)
    }
  }
}
