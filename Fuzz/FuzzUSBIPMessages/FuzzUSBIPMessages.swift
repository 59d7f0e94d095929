import Acquisition
import CFuzzer
import Glibc
import Spectra

/// Feeds libFuzzer's bytes to the readers of what a USB/IP server and a device send.
///
/// The bytes are an import reply and then a stream of transfer replies, cut into pieces of the
/// length that the first byte says, as a socket might deliver them.
@main
enum FuzzUSBIPMessages {
  static func main() {
    var count = CommandLine.argc
    var arguments: UnsafeMutablePointer<UnsafeMutablePointer<CChar>?>? =
      unsafe CommandLine
      .unsafeArgv
    // SAFETY: libFuzzer's bytes live for the call; its driver wants the arguments as C has them.
    let status = unsafe LLVMFuzzerRunDriver(&count, &arguments) { start, count in
      let bytes = unsafe UnsafeBufferPointer(start: start, count: count)
      unsafe FuzzUSBIPMessages.read(bytes.span)
      return 0
    }
    exit(status)
  }

  private static let headerByteCount = 48

  private static func read(_ bytes: Span<UInt8>) {
    guard bytes.count > 0 else { return }
    let piece = Int(bytes[0]) + 1
    var rest = bytes.extracting(1..<bytes.count)
    if rest.count >= USBIPImport.statusByteCount {
      _ = try? USBIPImport.status(parsing: rest)
      rest = rest.extracting(USBIPImport.statusByteCount..<rest.count)
    }
    if rest.count >= USBIPImport.deviceByteCount {
      _ = USBIPImport(parsing: rest)
      rest = rest.extracting(USBIPImport.deviceByteCount..<rest.count)
    }
    var buffer = USBIPReplyBuffer()
    var reports = FixedArray<UInt8>(repeating: 0, count: 576)
    var start = 0
    while start < rest.count {
      let end = min(start + piece, rest.count)
      let added = buffer.append { target, offset in
        for index in start..<end { target[offset + index - start] = rest[index] }
        return end - start
      }
      start += added
      while useReply(of: &buffer, &reports) {}
      guard buffer.count < 1024 else { return }
    }
  }

  /// Uses one reply as the transport does; returns false when none has arrived whole.
  private static func useReply(
    of buffer: inout USBIPReplyBuffer,
    _ reports: inout FixedArray<UInt8>
  ) -> Bool {
    guard let reply = (try? buffer.peekReply()).flatMap({ $0 }) else { return false }
    let length = Int(reply.actualLength)
    guard length >= 0, length <= reports.count else { return false }
    guard buffer.count >= headerByteCount + length else { return false }
    buffer.copy(length, from: headerByteCount, to: &reports, at: 0)
    buffer.drop(headerByteCount + length)
    let header = reports.withSpan { NanoReplyHeader(parsing: $0) }
    if let header { precondition(header.reportCount <= 9, "a reply larger than its buffer") }
    return true
  }
}
