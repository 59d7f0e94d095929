import Acquisition
import Foundation
import Glibc

extension USBTrial {
  /// Prints the first changes of the bus, and whether what arrived is still there.
  static func watch(count: Int) throws(AcquisitionError) {
    let bench = try Bench()
    _ = bench.changes.wait(for: count)
    for change in bench.changes.all.prefix(count) {
      switch change {
      case .arrived(let attachment):
        let stays = bench.bus.isAttached(attachment) ? "stays" : "gone"
        say("arrived \(attachment) \(attachment.deviceAddress) \(stays)")
      case .left(let attachment): say("left \(attachment) \(attachment.deviceAddress)")
      }
    }
  }

  /// Asks for the serial number again and again.
  static func exchange(count: Int) throws(AcquisitionError) {
    let bench = try Bench()
    var scanner = try bench.open()
    var done = 0
    for _ in 0..<count where try scanner.perform(.readSerialNumber) == 8 { done += 1 }
    say("exchanged \(done)")
  }

  /// Reads the reference file, most of it nine reports at a time.
  static func files(count: Int) throws(AcquisitionError) {
    let bench = try Bench()
    var scanner = try bench.open()
    for _ in 0..<count {
      guard try scanner.perform(.beginFile, 2) == 4 else { return say("no file") }
      let size = scanner.replyNumber
      var (read, sum) = (0, UInt32(0))
      while read < size, let length = try scanner.perform(.readFileChunk) {
        for byte in scanner.replyBytes(length) { sum = sum &* 31 &+ UInt32(byte) }
        read += length
      }
      say("file \(read) of \(size) bytes, sum \(sum)")
    }
  }

  /// Works with several scanners at once, each on a thread of its own.
  static func several(count: Int) throws(AcquisitionError) {
    let bench = try Bench()
    _ = bench.changes.wait(for: count)
    let finished = DispatchSemaphore(value: 0)
    for case .arrived(let attachment) in bench.changes.all {
      Thread.detachNewThread {
        var done = 0
        do throws(AcquisitionError) {
          var scanner = try OpenScanner(attachment, on: bench.bus)
          for _ in 0..<50 where try scanner.perform(.readSerialNumber) != nil { done += 1 }
        } catch {
          say("error \(error.reason)")
        }
        say("\(attachment) exchanged \(done)")
        finished.signal()
      }
    }
    for _ in bench.changes.all { finished.wait() }
  }

  /// Waits for reports that never come, then finds the scanner usable.
  static func receiveTimeout(duration: Int) throws(AcquisitionError) {
    let bench = try Bench()
    var scanner = try bench.open()
    for _ in 0..<5 {
      let start = Deadline.now()
      let came = try scanner.receive(within: .milliseconds(duration))
      say("receive \(came) after \(milliseconds(since: start)) ms")
    }
    say("serial number of \(try scanner.perform(.readSerialNumber) ?? -1) bytes")
  }

  /// Sends to a scanner that takes nothing.
  static func sendTimeout(duration: Int) throws(AcquisitionError) {
    let bench = try Bench()
    var scanner = try bench.open()
    for _ in 0..<5 {
      let start = Deadline.now()
      let went = try scanner.sendNothing(within: .milliseconds(duration))
      say("send \(went) after \(milliseconds(since: start)) ms")
    }
  }

  /// Waits ten seconds for so many reports, in vain; then closes the scanner and opens it again.
  static func wait(count: Int) throws(AcquisitionError) {
    let bench = try Bench()
    var start = Deadline.now()
    do throws(AcquisitionError) {
      var scanner = try bench.open()
      start = Deadline.now()
      try scanner.expectNothing(reports: count)
      start = Deadline.now()
    } catch {
      say("error \(error.reason)")
    }
    say("closed after \(milliseconds(since: start)) ms")
    var again = try bench.open()
    say("again \(try again.perform(.readSerialNumber) ?? -1) bytes")
  }

  /// Is told to stop in the middle of a wait.
  static func stop(duration: Int) throws(AcquisitionError) {
    let bench = try Bench()
    let stopping = try EventDescriptor()
    var scanner = try bench.open(stopping: stopping)
    Thread.detachNewThread {
      usleep(useconds_t(duration) * 1000)
      stopping.raise()
    }
    let start = Deadline.now()
    do throws(AcquisitionError) {
      _ = try scanner.receive(within: .seconds(10))
    } catch {
      say("error \(error.reason) after \(milliseconds(since: start)) ms")
    }
  }
}
