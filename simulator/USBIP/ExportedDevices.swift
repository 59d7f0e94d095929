package import NIOCore

/// One device and the client that has it, if any; it belongs to the server's event loop.
package final class ExportedDevice {
  /// What clients are told about it.
  package let description: USBIPDeviceDescription
  let device: NanoDevice
  var isImported = false
  /// What is done whenever the device comes back to the bus.
  var onReturn: (() -> Void)?
  private let eventLoop: any EventLoop
  private let report: @Sendable (String) -> Void
  private var returning: Scheduled<Void>?

  init(
    description: USBIPDeviceDescription,
    device: NanoDevice,
    eventLoop: any EventLoop,
    report: @escaping @Sendable (String) -> Void
  ) {
    (self.description, self.device) = (description, device)
    (self.eventLoop, self.report) = (eventLoop, report)
  }

  /// Prints what has happened to the device, each line under its bus id.
  func publishNotices() {
    for notice in device.takeNotices() { report("\(description.busID): \(notice)") }
  }

  /// Lets a device that has left come back when its time has come, whether or not anybody asks.
  func awaitReturn() {
    device.advance(now: MonotonicClock.nanoseconds())
    publishNotices()
    guard !device.isOnBus else {
      onReturn?()
      return
    }
    guard let time = device.nextEvent else { return }
    returning?.cancel()
    returning = eventLoop.assumeIsolated().scheduleTask(in: .until(time)) { [weak self] in
      self?.awaitReturn()
    }
  }
}

extension TimeAmount {
  /// From now to a time of CLOCK_MONOTONIC in nanoseconds; zero when that is past.
  static func until(_ time: UInt64) -> TimeAmount {
    let now = MonotonicClock.nanoseconds()
    return .nanoseconds(Int64(clamping: time - min(time, now)))
  }
}

extension NanoDevice.Notice: CustomStringConvertible {
  package var description: String {
    switch self {
    case .exhausted(let scans): "recording exhausted after \(scans) scans"
    case .reset: "reset by the host, leaving the bus"
    case .fellAsleep: "powered down, asleep until spectrasim is started again"
    case .returned: "back on the bus"
    case .fault(let firing): "fault at scan \(firing.scan): \(firing.sentence)"
    }
  }
}

/// The devices of one server, all owned by its event loop.
package final class ExportedDevices {
  /// The devices in the order of their bus ids: 1-1, 1-2 and so on.
  package let all: [ExportedDevice]
  var connectionCount = 0

  /// Gives each device its place on virtual bus 1; `report` receives a line per event.
  package init(
    _ devices: [NanoDevice],
    eventLoop: any EventLoop,
    report: @escaping @Sendable (String) -> Void
  ) {
    all = devices.enumerated().map { index, device in
      ExportedDevice(
        description: USBIPDeviceDescription(
          busID: "1-\(index + 1)",
          busNumber: 1,
          deviceNumber: UInt32(index + 2),
          vendor: NanoDescriptors.vendor,
          product: NanoDescriptors.product,
          release: NanoDescriptors.release
        ),
        device: device,
        eventLoop: eventLoop,
        report: report
      )
    }
  }

  /// The devices that are on the bus now.
  var listed: [USBIPDeviceDescription] {
    let now = MonotonicClock.nanoseconds()
    return all.filter { isOnBus($0, now: now) }.map(\.description)
  }

  /// Gives the device with `busID` to a client; nil with the reason when that cannot be.
  func importDevice(busID: String) -> (ExportedDevice?, USBIPOperationStatus) {
    let now = MonotonicClock.nanoseconds()
    let found = all.first { $0.description.busID == busID && isOnBus($0, now: now) }
    guard let found else { return (nil, .noDevice) }
    guard !found.isImported else { return (nil, .deviceBusy) }
    found.isImported = true
    found.device.plugIn(now: now)
    return (found, .accepted)
  }

  private func isOnBus(_ exported: ExportedDevice, now: UInt64) -> Bool {
    exported.device.advance(now: now)
    exported.publishNotices()
    return exported.device.isOnBus
  }
}
