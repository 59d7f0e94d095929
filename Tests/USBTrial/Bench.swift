import Acquisition
import Dispatch
import Foundation
import Glibc
import Spectra
import Synchronization

/// The bus, and a scanner on it that a trial has open.
final class Bench: Sendable {
  let bus: USBBus
  let changes: ChangeList

  init() throws(AcquisitionError) {
    let changes = ChangeList()
    bus = try USBBus { changes.append($0) }
    self.changes = changes
  }

  /// Waits for the scanner that is first in the list of changes to arrive, and opens it.
  func open(stopping: EventDescriptor? = nil) throws(AcquisitionError) -> OpenScanner {
    guard changes.wait(for: 1), case .arrived(let attachment) = changes.all[0] else {
      fatalError("no scanner arrived")
    }
    return try OpenScanner(attachment, on: bus, stopping: stopping)
  }
}

/// What a bus told, in order.
final class ChangeList: Sendable {
  private let list = Mutex<[USBBus.Change]>([])
  private let grown = DispatchSemaphore(value: 0)

  /// A copy of its own: ThreadSanitizer does not see that arrays count their references.
  var all: [USBBus.Change] { list.withLock { $0.map(\.self) } }

  func append(_ change: USBBus.Change) {
    list.withLock { $0.append(change) }
    grown.signal()
  }

  /// Waits until so many changes were told; false when that takes longer than ten seconds.
  func wait(for count: Int) -> Bool {
    let deadline = DispatchTime.now() + .seconds(10)
    while all.count < count {
      guard grown.wait(timeout: deadline) == .success else { return all.count >= count }
    }
    return true
  }
}

/// An open scanner and a buffer for one answer.
struct OpenScanner: ~Copyable {
  private var transport: USBTransport
  private var bytes = FixedArray<UInt8>(repeating: 0, count: 9 * 64)
  private var request = NanoRequest()
  private var sequence: UInt8 = 0

  init(
    _ attachment: USBAttachment,
    on bus: USBBus,
    stopping: EventDescriptor? = nil
  ) throws(AcquisitionError) {
    let interruption: EventDescriptor
    if let stopping { interruption = stopping } else { interruption = try EventDescriptor() }
    transport = try USBTransport(opening: attachment, on: bus, stopping: interruption)
  }

  var descriptor: Int32 { transport.descriptor }

  /// Carries out a command; returns how many bytes its reply's data has, nil after a timeout.
  mutating func perform(
    _ command: NanoCommand,
    _ parameter: UInt8? = nil
  ) throws(AcquisitionError) -> Int? {
    sequence &+= 1
    request.begin(command, sequence: sequence)
    if let parameter { request.append(parameter) }
    let deadline = Deadline.after(.seconds(5))
    guard
      try transport.send(request.bytes, from: 0, expectsReply: true, deadline: deadline),
      try transport.receive(into: &bytes, at: 0, count: 1, deadline: deadline)
    else { return nil }
    guard let header = bytes.withSpan({ NanoReplyHeader(parsing: $0) }) else { return nil }
    guard header.sequence == sequence else { return nil }
    if header.reportCount > 1 {
      let rest = header.reportCount - 1
      guard try transport.receive(into: &bytes, at: 64, count: rest, deadline: deadline) else {
        return nil
      }
    }
    return header.dataByteCount
  }

  /// The u32 that the last reply's data begins with.
  var replyNumber: Int { (0..<4).reduce(0) { $0 | Int(bytes[4 + $1]) << (8 * $1) } }

  /// The last reply's data, as numbers.
  func replyBytes(_ count: Int) -> [UInt8] { (0..<count).map { bytes[4 + $0] } }

  /// Waits for reports that nobody asked for.
  mutating func receive(
    reports: Int = 1,
    within duration: Duration
  ) throws(AcquisitionError) -> Bool {
    try transport.receive(into: &bytes, at: 0, count: reports, deadline: .after(duration))
  }

  /// Waits ten seconds for so many reports; prints how that ended, and after how long.
  mutating func expectNothing(reports: Int) throws(AcquisitionError) {
    let start = Deadline.now()
    defer { say("waited \(milliseconds(since: start)) ms") }
    say("received \(try receive(reports: reports, within: .seconds(10)))")
  }

  /// Sends a report of zeros, which mean nothing to a scanner.
  mutating func sendNothing(within duration: Duration) throws(AcquisitionError) -> Bool {
    for index in 0..<64 { bytes[index] = 0 }
    let deadline = Deadline.after(duration)
    return try transport.send(bytes, from: 0, expectsReply: false, deadline: deadline)
  }
}

/// Prints a line at once: a trial that is killed has still told how far it came.
func say(_ line: String) {
  print(line)
  fflush(nil)
}

/// Whole milliseconds since a point of CLOCK_MONOTONIC.
func milliseconds(since start: UInt64) -> UInt64 { (Deadline.now() - start) / 1_000_000 }

/// CPU time in milliseconds: the whole process's, or the calling thread's.
func cpuMilliseconds(_ clock: clockid_t) -> Double {
  var time = timespec()
  // SAFETY: the kernel fills a structure that lives for the call.
  unsafe clock_gettime(clock, &time)
  return Double(time.tv_sec) * 1000 + Double(time.tv_nsec) / 1e6
}

/// How many entries a folder of /proc has: open descriptors, or threads.
func entryCount(_ folder: String) -> Int {
  (try? FileManager.default.contentsOfDirectory(atPath: folder).count) ?? -1
}
