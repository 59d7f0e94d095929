internal import CLibUSB
internal import CLinux
internal import Glibc

/// The machine's USB as far as scanners are concerned: who is there, who comes and who leaves.
///
/// libusb runs on a thread of its own, which sleeps until something happens. A transport keeps its
/// bus alive, so the thread ends after the last of them.
package final class USBBus: Sendable {
  /// What happened to a scanner.
  package enum Change: Equatable, Sendable {
    /// It was plugged in, or was there before us.
    case arrived(USBAttachment)
    /// It was unplugged or left the bus by itself.
    case left(USBAttachment)
  }

  /// What the event thread and the transports share.
  let context: USBContext
  private let thread: pthread_t

  /// Starts watching the bus.
  ///
  /// `onChange` is told of the scanners that are there on this thread before `init` returns, of
  /// everything later on the event thread, one change at a time. It must not block: transfers of
  /// all scanners wait for it.
  /// - Throws: `AcquisitionError.usbUnavailable` when libusb cannot run here.
  package init(onChange: @escaping @Sendable (Change) -> Void) throws(AcquisitionError) {
    context = try USBContext(onChange: onChange)
    try context.watch()
    thread = try USBBus.startEventThread(context)
  }

  deinit {
    context.stopHandlingEvents()
    // A receiver of changes may have held the last reference for a moment, on the thread itself.
    if pthread_equal(thread, pthread_self()) != 0 {
      pthread_detach(thread)
    } else {
      pthread_join(thread, nil)
    }
  }

  /// Whether this very plugging still lasts: the bus has not told that it ended.
  ///
  /// Transfers may fail as if it had, for example while the machine sleeps.
  package func isAttached(_ attachment: USBAttachment) -> Bool {
    context.isAttached(attachment)
  }

  private static func startEventThread(
    _ context: USBContext
  ) throws(AcquisitionError) -> pthread_t {
    var thread = pthread_t()
    let retained = unsafe Unmanaged.passRetained(context)
    // SAFETY: the new thread takes over the reference; when there is none, it is released below.
    let code = withRequestsBlocked {
      unsafe pthread_create(
        &thread,
        nil,
        { argument in
          if let argument = unsafe argument {
            // SAFETY: the name is NUL-terminated for the call.
            _ = unsafe "usb-events".withCString { unsafe clinux_set_thread_name($0) }
            unsafe Unmanaged<USBContext>.fromOpaque(argument).takeRetainedValue().handleEvents()
          }
          return nil
        },
        retained.toOpaque()
      )
    }
    guard code == 0 else {
      unsafe retained.release()
      throw .usbUnavailable(libusbCode: LIBUSB_ERROR_NO_MEM.rawValue)
    }
    return thread
  }
}

/// Starts something while signals that ask the process for something are blocked.
///
/// Threads inherit that for life, libusb's own one as well, so that such signals reach others.
func withRequestsBlocked<Result>(_ start: () -> Result) -> Result {
  var (blocked, before) = (sigset_t(), sigset_t())
  // SAFETY: both sets are filled in by the calls, for which they live.
  unsafe sigfillset(&blocked)
  for crash in [SIGILL, SIGTRAP, SIGABRT, SIGBUS, SIGFPE, SIGSEGV, SIGSYS] {
    unsafe sigdelset(&blocked, crash)
  }
  unsafe pthread_sigmask(SIG_BLOCK, &blocked, &before)
  defer { unsafe pthread_sigmask(SIG_SETMASK, &before, nil) }
  return start()
}
