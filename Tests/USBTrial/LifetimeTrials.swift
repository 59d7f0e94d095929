import Acquisition
import CAllocationCounter
import Foundation
import Glibc

extension USBTrial {
  /// Waits between two commands until the scanner leaves the bus, then tries to go on.
  static func departure(count: Int) throws(AcquisitionError) {
    let bench = try Bench()
    var scanner = try bench.open()
    say("serial number of \(try scanner.perform(.readSerialNumber) ?? -1) bytes")
    var watched = pollfd(fd: scanner.descriptor, events: Int16(POLLIN), revents: 0)
    // SAFETY: poll writes into one structure, which lives for the call.
    say("early \(unsafe poll(&watched, 1, 50))")
    say("departed \(unsafe poll(&watched, 1, 10_000))")
    _ = try scanner.perform(.readSerialNumber)
  }

  /// Follows a scanner from one plugging to the next.
  static func replug(count: Int) throws(AcquisitionError) {
    let bench = try Bench()
    var arrivals = 0
    while arrivals < count {
      // Arrival, departure, arrival, and so on.
      guard bench.changes.wait(for: 2 * arrivals + 1) else { return say("no arrival") }
      guard case .arrived(let attachment) = bench.changes.all[2 * arrivals] else { return }
      arrivals += 1
      do throws(AcquisitionError) {
        var scanner = try OpenScanner(attachment, on: bench.bus)
        while let length = try scanner.perform(.readSerialNumber) {
          guard arrivals == count else { continue }
          say("\(attachment) \(attachment.deviceAddress) \(length) bytes")
          break
        }
      } catch {
        say("\(attachment) \(attachment.deviceAddress) \(error.reason)")
      }
    }
    // The first plugging is over for good.
    guard case .arrived(let first) = bench.changes.all[0] else { return }
    _ = try OpenScanner(first, on: bench.bus)
  }

  /// Opens and closes again and again, with a transfer under way; counts what stays behind.
  static func reopen(count: Int) throws(AcquisitionError) {
    let bench = try Bench()
    _ = bench.changes.wait(for: 1)
    var before = (0, 0)
    for round in 0..<count {
      // What is made once is made in the first round.
      if round == 1 { before = (entryCount("/proc/self/fd"), entryCount("/proc/self/task")) }
      var scanner = try bench.open()
      _ = try scanner.perform(.readSerialNumber)
      let stopping = try EventDescriptor()
      stopping.raise()
      do throws(AcquisitionError) {
        var other = try bench.openAgain(after: scanner, stopping: stopping)
        _ = try other.receive(within: .seconds(1))
      } catch {
        guard error == .stopped else { throw error }
      }
    }
    let after = (entryCount("/proc/self/fd"), entryCount("/proc/self/task"))
    say("descriptors \(after.0 - before.0), threads \(after.1 - before.1)")
  }

  /// Makes and ends the bus again and again.
  static func rebus(count: Int) throws(AcquisitionError) {
    var before = (0, 0)
    for round in 0..<count {
      if round == 1 { before = (entryCount("/proc/self/fd"), entryCount("/proc/self/task")) }
      let bench = try Bench()
      guard case .arrived = bench.changes.all.first else { return say("nobody there") }
    }
    let after = (entryCount("/proc/self/fd"), entryCount("/proc/self/task"))
    say("descriptors \(after.0 - before.0), threads \(after.1 - before.1)")
  }

  /// Starts USB in a process that may open no more files.
  static func unavailable(count: Int) throws(AcquisitionError) {
    var limit = rlimit(rlim_cur: 3, rlim_max: 3)
    // SAFETY: the structure lives for the call.
    unsafe setrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &limit)
    _ = try Bench()
  }

  /// Ends the bus while a transport lives, and uses that.
  static func orphan(count: Int) throws(AcquisitionError) {
    var scanner = try { () throws(AcquisitionError) in try Bench().open() }()
    var done = 0
    for _ in 0..<count where try scanner.perform(.readSerialNumber) == 8 { done += 1 }
    say("exchanged \(done)")
  }

  /// Counts what this thread allocates for each of so many exchanges.
  static func allocations(count: Int) throws(AcquisitionError) {
    let bench = try Bench()
    var scanner = try bench.open()
    _ = try scanner.perform(.readSerialNumber)
    let start = callocation_count()
    var done = 0
    for _ in 0..<count where try scanner.perform(.readSerialNumber) == 8 { done += 1 }
    let total = callocation_count() - start
    say("\(total) allocations in \(done) exchanges")
  }

  /// Waits for a second with a transfer under way; prints the CPU time that this took.
  static func idle(duration: Int) throws(AcquisitionError) {
    let bench = try Bench()
    var scanner = try bench.open()
    _ = try scanner.perform(.readSerialNumber)
    let before = cpuMilliseconds(CLOCK_PROCESS_CPUTIME_ID)
    _ = try scanner.receive(within: .milliseconds(duration))
    say("cpu \(cpuMilliseconds(CLOCK_PROCESS_CPUTIME_ID) - before)")
  }
}

extension Bench {
  /// Closes one scanner before it opens it again.
  func openAgain(
    after scanner: consuming OpenScanner,
    stopping: EventDescriptor
  ) throws(AcquisitionError) -> OpenScanner {
    _ = consume scanner
    return try open(stopping: stopping)
  }
}
