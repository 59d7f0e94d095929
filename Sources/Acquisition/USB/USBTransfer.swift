internal import CLibUSB
internal import Glibc
internal import Spectra

/// One interrupt transfer on one endpoint, allocated once and submitted again and again.
///
/// SAFETY: from a successful `submit` until `completed` was taken, libusb owns the transfer and its
/// buffer; here nobody reads, writes or frees them then. The event thread raises `completed` as the
/// very last thing that libusb does with the transfer, and a counter's raise happens before the
/// take that it makes succeed. The owner drains the transfer, or closes its device, which makes
/// libusb forget it, before ending its life.
@safe struct USBTransfer: ~Copyable {
  private let transfer: UnsafeMutablePointer<libusb_transfer>
  private let buffer: UnsafeMutableBufferPointer<UInt8>
  private let capacity: Int
  /// The transfer refers to it by way of the device, until it is freed.
  private let context: USBContext
  /// Raised once for every submission, when it has ended.
  let completed: EventDescriptor
  /// Whether a submission has not been seen to end.
  private(set) var isInFlight = false
  /// Whether its cancellation was awaited in vain, so that it is left to the closing of the device.
  private var isAbandoned = false
  /// Whether the endpoint stalled since the device was opened.
  private(set) var isHalted = false

  /// Allocates a transfer with room for `capacity` bytes on a device of `context` that is open.
  init(
    on device: OpaquePointer,
    of context: USBContext,
    endpoint: UInt8,
    capacity: Int,
    telling completed: EventDescriptor
  ) {
    guard let transfer = unsafe libusb_alloc_transfer(0) else {
      preconditionFailure("no memory for a transfer")
    }
    unsafe self.transfer = transfer
    (self.capacity, self.context, self.completed) = (capacity, context, completed)
    unsafe buffer = .allocate(capacity: capacity)
    unsafe buffer.initialize(repeating: 0)
    unsafe transfer.pointee.dev_handle = device
    unsafe transfer.pointee.endpoint = endpoint
    unsafe transfer.pointee.type = UInt8(LIBUSB_TRANSFER_TYPE_INTERRUPT.rawValue)
    unsafe transfer.pointee.buffer = buffer.baseAddress
    // The counter is kept by `self`, which outlives the submission.
    unsafe transfer.pointee.user_data = Unmanaged.passUnretained(completed).toOpaque()
    unsafe transfer.pointee.callback = { transfer in
      guard let context = unsafe transfer?.pointee.user_data else { return }
      unsafe Unmanaged<EventDescriptor>.fromOpaque(context).takeUnretainedValue().raise()
    }
  }

  deinit {
    unsafe libusb_free_transfer(transfer)
    unsafe buffer.deallocate()
  }

  /// Hands the first `byteCount` bytes of the buffer to libusb, to be sent or to be filled.
  mutating func submit(byteCount: Int) throws(AcquisitionError) {
    precondition(!isInFlight, "the transfer is under way")
    precondition(byteCount <= capacity, "the transfer has no room for so many bytes")
    unsafe transfer.pointee.length = Int32(byteCount)
    let code = unsafe libusb_submit_transfer(transfer)
    guard code == 0 else { throw .submissionRefused(libusbCode: code) }
    isInFlight = true
  }

  /// Says how the transfer ended, of which `completed` has told; returns how many bytes it moved.
  mutating func finish() throws(AcquisitionError) -> Int {
    guard completed.take() else { preconditionFailure("the transfer has not ended") }
    isInFlight = false
    switch unsafe transfer.pointee.status {
    case LIBUSB_TRANSFER_COMPLETED: return unsafe Int(transfer.pointee.actual_length)
    case LIBUSB_TRANSFER_NO_DEVICE: throw .deviceGone(transferStatus: -ENODEV)
    case LIBUSB_TRANSFER_STALL:
      isHalted = true
      throw .stalled
    case LIBUSB_TRANSFER_OVERFLOW: throw .transferFailed(status: -EOVERFLOW)
    case LIBUSB_TRANSFER_CANCELLED: throw .transferFailed(status: -ECONNRESET)
    default: throw .transferFailed(status: -EPROTO)
    }
  }

  /// Gives the transfer up; returns false when nobody confirmed that in time.
  ///
  /// Whatever it moved by then is thrown away.
  mutating func cancel(until deadline: Deadline) -> Bool {
    guard isInFlight, !isAbandoned else { return !isAbandoned }
    // It fails when the transfer has just ended or its device has gone: that is told, too.
    _ = unsafe libusb_cancel_transfer(transfer)
    guard completed.wait(until: deadline) else {
      isAbandoned = true
      return false
    }
    do throws(AcquisitionError) { _ = try finish() } catch {}
    return true
  }

  /// Fills the front of the buffer with `count` bytes of `bytes`.
  mutating func fill(_ count: Int, from bytes: borrowing FixedArray<UInt8>, at offset: Int) {
    precondition(!isInFlight && count <= capacity, "the buffer is not ours to fill")
    for index in 0..<count { unsafe buffer[index] = bytes[offset + index] }
  }

  /// Copies the front of the buffer to `bytes`.
  func copy(_ count: Int, to bytes: inout FixedArray<UInt8>, at offset: Int) {
    precondition(!isInFlight && count <= capacity, "the buffer is not ours to read")
    for index in 0..<count { bytes[offset + index] = unsafe buffer[index] }
  }
}

extension AcquisitionError {
  /// Why libusb did not even begin a transfer.
  fileprivate static func submissionRefused(libusbCode: Int32) -> AcquisitionError {
    switch libusb_error(rawValue: libusbCode) {
    case LIBUSB_ERROR_NO_DEVICE: .deviceGone(transferStatus: -ENODEV)
    case LIBUSB_ERROR_NO_MEM: .transferFailed(status: -ENOMEM)
    default: .transferFailed(status: -EIO)
    }
  }
}
