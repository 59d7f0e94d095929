internal import CLibUSB
internal import Glibc
internal import Synchronization

/// libusb's context and the scanners that it knows: what the event thread works on.
///
/// SAFETY: `context` is made in `init` and given back in `deinit`. libusb's functions on a context
/// may be called from any thread; everything else here is a `let`, an atomic or behind the mutex.
@safe final class USBContext: @unchecked Sendable {
  /// A scanner that is on the bus, and who waits for its departure.
  private struct Presence {
    let device: USBDevice
    var departures: [EventDescriptor] = []
  }

  private static let vendor: Int32 = 0x0451
  private static let product: Int32 = 0x4200

  private let context: OpaquePointer
  private let onChange: @Sendable (USBBus.Change) -> Void
  private let isStopping = Atomic(false)
  private let present = Mutex<[USBAttachment: Presence]>([:])

  /// Starts libusb, which begins to listen to the kernel or to udev.
  init(onChange: @escaping @Sendable (USBBus.Change) -> Void) throws(AcquisitionError) {
    var context: OpaquePointer?
    // SAFETY: libusb fills in a pointer that lives for the call.
    let code = withRequestsBlocked { unsafe libusb_init(&context) }
    guard code == 0, let context = unsafe context else {
      throw .usbUnavailable(libusbCode: code)
    }
    unsafe self.context = context
    self.onChange = onChange
  }

  deinit {
    // Devices hold references into the context.
    present.withLock { $0.removeAll() }
    // SAFETY: transports and the event thread hold references to `self`, so none uses it now.
    unsafe libusb_exit(context)
  }

  /// Tells of the scanners that are there, and makes the event thread tell of all later ones.
  func watch() throws(AcquisitionError) {
    let events =
      LIBUSB_HOTPLUG_EVENT_DEVICE_ARRIVED.rawValue | LIBUSB_HOTPLUG_EVENT_DEVICE_LEFT.rawValue
    // SAFETY: the callback gets `self` unretained. It runs inside this call, or while the event
    // thread, which holds a reference, handles events. After that nobody calls it.
    let code = unsafe libusb_hotplug_register_callback(
      context,
      Int32(events),
      Int32(LIBUSB_HOTPLUG_ENUMERATE.rawValue),
      USBContext.vendor,
      USBContext.product,
      LIBUSB_HOTPLUG_MATCH_ANY,
      { _, device, event, context in
        guard let device = unsafe device, let context = unsafe context else { return 0 }
        let this = unsafe Unmanaged<USBContext>.fromOpaque(context).takeUnretainedValue()
        unsafe this.deviceChanged(device, hasLeft: event == LIBUSB_HOTPLUG_EVENT_DEVICE_LEFT)
        return 0
      },
      Unmanaged.passUnretained(self).toOpaque(),
      nil
    )
    guard code == 0 else { throw .usbUnavailable(libusbCode: code) }
  }

  /// Runs libusb on this thread until `stopHandlingEvents()`; sleeps while nothing happens.
  func handleEvents() {
    // libusb wants a limit to its sleep; waking once a day costs nothing.
    var limit = timeval(tv_sec: 86_400, tv_usec: 0)
    while !isStopping.load(ordering: .acquiring) {
      // SAFETY: the time lives for the call; nobody is given a flag of completion.
      let code = unsafe libusb_handle_events_timeout_completed(context, &limit, nil)
      // A machine that is out of memory may recover, but not faster by asking it all the time.
      if code != 0, code != LIBUSB_ERROR_INTERRUPTED.rawValue { usleep(100_000) }
    }
  }

  /// Makes `handleEvents()` return, or never begin to sleep.
  func stopHandlingEvents() {
    isStopping.store(true, ordering: .releasing)
    unsafe libusb_interrupt_event_handler(context)
  }
}

// MARK: Scanners

extension USBContext {
  func isAttached(_ attachment: USBAttachment) -> Bool {
    present.withLock { $0[attachment] != nil }
  }

  /// The device of a plugging, or nil when that has ended; `departure` is raised when it ends.
  func device(
    at attachment: USBAttachment,
    telling departure: EventDescriptor
  ) -> USBDevice? {
    present.withLock { table in
      // In one step, so that a departure is never missed.
      table[attachment]?.departures.append(departure)
      return table[attachment]?.device
    }
  }

  /// Forgets who waits for the departure of `attachment`.
  func forget(_ departure: EventDescriptor, at attachment: USBAttachment) {
    present.withLock { $0[attachment]?.departures.removeAll { $0 === departure } }
  }

  /// Called by libusb, which lends the device for the call.
  private func deviceChanged(_ pointer: OpaquePointer, hasLeft: Bool) {
    let device = unsafe USBDevice(retaining: pointer)
    if hasLeft {
      remove(device.attachment)
      return
    }
    // Two devices cannot be plugged into one port: the departure of the first was not told.
    let path = device.attachment.path
    let successors = present.withLock { table in
      table.keys.filter { $0.path == path && $0 != device.attachment }
    }
    for attachment in successors { remove(attachment) }
    let isNew = present.withLock { table in
      // One that arrives while the present ones are listed may be told of twice.
      guard table[device.attachment] == nil else { return false }
      table[device.attachment] = Presence(device: device)
      return true
    }
    if isNew { onChange(.arrived(device.attachment)) }
  }

  private func remove(_ attachment: USBAttachment) {
    guard let presence = present.withLock({ $0.removeValue(forKey: attachment) }) else { return }
    for departure in presence.departures { departure.raise() }
    onChange(.left(attachment))
  }
}
