internal import CLibUSB
internal import Glibc

/// An open scanner: the device, its interface, and one transfer in each direction.
///
/// One thread uses it. SAFETY: `handle` is open from `init` to `deinit`, where both transfers are
/// drained before it is closed. A transfer whose cancellation nobody confirms is forgotten by libusb
/// when the handle is closed; only then are the transfers' own lives over.
@safe final class USBConnection {
  /// How long the kernel may take to confirm that a transfer was given up.
  ///
  /// It takes milliseconds; the daemon has to end within two seconds whatever happens.
  static let cancellationTimeout = Duration.seconds(1)
  private static let interface: Int32 = 0

  /// Its event thread ends the transfers, so it has to outlive them.
  private let bus: USBBus
  private let attachment: USBAttachment
  private let handle: OpaquePointer
  /// Raised when the device leaves the bus.
  let departure: EventDescriptor
  /// From the device; its buffer holds the longest answer.
  var incoming: USBTransfer
  /// To the device, a report at a time.
  var outgoing: USBTransfer

  /// Opens the scanner and takes its interface from the kernel's driver.
  init(opening attachment: USBAttachment, on bus: USBBus) throws(AcquisitionError) {
    // First, because they may be what the process is short of.
    let departure = try EventDescriptor()
    let (received, sent) = (try EventDescriptor(), try EventDescriptor())
    guard let device = bus.context.device(at: attachment, telling: departure) else {
      throw .deviceGone(transferStatus: -ENODEV)
    }
    do throws(AcquisitionError) {
      unsafe handle = try USBConnection.claim(device)
    } catch {
      bus.context.forget(departure, at: attachment)
      throw error
    }
    (self.bus, self.attachment, self.departure) = (bus, attachment, departure)
    unsafe incoming = USBTransfer(
      on: handle,
      of: bus.context,
      endpoint: 0x81,
      capacity: 9 * reportByteCount,
      telling: received
    )
    unsafe outgoing = USBTransfer(
      on: handle,
      of: bus.context,
      endpoint: 0x01,
      capacity: reportByteCount,
      telling: sent
    )
  }

  deinit {
    bus.context.forget(departure, at: attachment)
    let deadline = Deadline.after(USBConnection.cancellationTimeout)
    _ = incoming.cancel(until: deadline)
    _ = outgoing.cancel(until: deadline)
    // An endpoint that stalled stays so until it is told otherwise, and would stop the next attempt.
    if incoming.isHalted { unsafe libusb_clear_halt(handle, 0x81) }
    if outgoing.isHalted { unsafe libusb_clear_halt(handle, 0x01) }
    // This gives the interface back to the kernel's driver, too.
    unsafe libusb_release_interface(handle, USBConnection.interface)
    unsafe libusb_close(handle)
  }

  /// Gives up both transfers; returns false when that is not confirmed in time.
  func cancelTransfers() -> Bool {
    let deadline = Deadline.after(USBConnection.cancellationTimeout)
    let isIncomingOver = incoming.cancel(until: deadline)
    return outgoing.cancel(until: deadline) && isIncomingOver
  }

  private static func claim(_ device: USBDevice) throws(AcquisitionError) -> OpaquePointer {
    var handle: OpaquePointer?
    // SAFETY: libusb fills in a pointer that lives for the call.
    let code = unsafe libusb_open(device.pointer, &handle)
    guard code == 0, let handle = unsafe handle else {
      throw openingError(code, device.attachment)
    }
    // The kernel's HID driver holds every scanner; where there is none, this changes nothing.
    unsafe libusb_set_auto_detach_kernel_driver(handle, 1)
    let claimed = unsafe libusb_claim_interface(handle, interface)
    guard claimed == 0 else {
      let error = openingError(claimed, device.attachment)
      unsafe libusb_close(handle)
      throw error
    }
    return unsafe handle
  }

  private static func openingError(
    _ code: Int32,
    _ attachment: USBAttachment
  ) -> AcquisitionError {
    switch libusb_error(rawValue: code) {
    case LIBUSB_ERROR_ACCESS: .noPermission(node: attachment.nodePath)
    case LIBUSB_ERROR_NO_DEVICE: .deviceGone(transferStatus: -ENODEV)
    case LIBUSB_ERROR_BUSY: .inUse(by: USBNodeHolder.find(attachment)?.description)
    case LIBUSB_ERROR_IO where isForbidden(attachment.nodePath):
      .noPermission(node: attachment.nodePath)
    default: .openingFailed(libusbCode: code)
    }
  }

  /// Whether a device filter forbids the node: libusb calls that an input/output error.
  private static func isForbidden(_ node: String) -> Bool {
    // SAFETY: a path is a C string for the call.
    let descriptor = unsafe open(node, O_RDWR | O_CLOEXEC)
    guard descriptor < 0 else {
      close(descriptor)
      return false
    }
    return errno == EPERM
  }
}

/// The name of a libusb error, for example `LIBUSB_ERROR_OTHER`.
func libusbErrorName(_ code: Int32) -> String {
  // SAFETY: libusb returns a constant C string for every number.
  unsafe String(cString: libusb_error_name(code))
}
