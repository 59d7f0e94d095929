import Acquisition
import CAllocationCounter
import Testing

@Suite(
  .serialized,
  .enabled(
    if: MockedBus.isAvailable,
    "umockdev is not installed (Debian: libumockdev-dev, libglib2.0-dev, umockdev)"
  )
)
struct USBTransportTests {
  @Test func `reports go out and come back`() throws {
    #expect(try MockedBus.run("exchange 50") == ["exchanged 50"])
  }

  @Test(arguments: [ScriptedScanner.Manners.good, .reportByReport])
  func `an answer of several reports is read to its end`(
    manners: ScriptedScanner.Manners
  ) throws {
    let file = GoldenScans.all.cases[0].referenceFile.bytes
    let sum = file.reduce(UInt32(0)) { $0 &* 31 &+ UInt32($1) }
    let line = "file \(file.count) of \(file.count) bytes, sum \(sum)"
    #expect(try MockedBus.run("files 2", manners: manners) == [line, line])
  }

  @Test func `an empty packet is not the answer`() throws {
    #expect(try MockedBus.run("exchange 5", faults: "--empty-at-in 3") == ["exchanged 5"])
  }

  @Test func `a packet that is too short is an error`() throws {
    #expect(
      try MockedBus.run("exchange 5", faults: "--short-at-in 3") == [
        "error protocolError: a report of 7 bytes, expected 64"
      ]
    )
  }

  @Test(arguments: [("receive-timeout 200", ""), ("send-timeout 200", "--deaf")])
  func `a wait ends at its deadline`(trial: String, faults: String) throws {
    let lines = try MockedBus.run(trial, faults: faults)
    let waits = lines.prefix(5).compactMap { milliseconds(in: $0) }
    #expect(lines.prefix(5).allSatisfy { $0.contains(" false after ") })
    #expect(waits.count == 5)
    // A busy machine may make any one of them late.
    #expect((waits.min() ?? 0) >= 200 && (waits.min() ?? 0) < 300, "\(lines)")
  }

  @Test func `after a timeout the scanner is usable`() throws {
    let lines = try MockedBus.run("receive-timeout 20")
    #expect(lines.last == "serial number of 8 bytes")
  }

  @Test func `a timeout that nobody confirms is an error, and closes all the same`() throws {
    let lines = try MockedBus.run("receive-timeout 20", faults: "--keeps-discarded")
    #expect(lines.last == "error transferFailed: a transfer failed with status -110")
    // The device was closed nevertheless, and that was the only way.
    #expect(lines.dropLast().allSatisfy { $0.contains("[do_close]") })
  }

  @Test(arguments: [1, 9])
  func `a stalled transfer is told, and the next opening works`(reports: Int) throws {
    let lines = try MockedBus.run("wait \(reports)", faults: "--stall-at-in 1")
    #expect(lines.contains("error stalled"))
    #expect(lines.last == "again 8 bytes")
  }

  @Test func `a stall on the way out is told`() throws {
    let lines = try MockedBus.run("exchange 5", faults: "--stall-at-out 3")
    #expect(lines == ["error stalled: the device stalled a transfer"])
  }

  @Test func `a stop ends a wait at once`() throws {
    let lines = try MockedBus.run("stop 100")
    let line = try #require(lines.first)
    #expect(line.hasPrefix("error stopped after "))
    // The stop is asked for after 100 ms, by another clock.
    #expect((90..<2000).contains(milliseconds(in: line) ?? 0), "\(line)")
  }

  @Test func `waiting costs no processor time`() throws {
    let lines = try MockedBus.run("idle 1000")
    let cost = try #require(lines.first?.split(separator: " ").last.flatMap { Double($0) })
    #expect(cost < 10, "\(cost) ms of CPU time in a second")
  }

  @Test(.enabled(if: callocation_is_counting(), "a sanitizer counts no allocations"))
  func `only libusb allocates, once for each transfer`() throws {
    // An exchange is two transfers; libusb makes the kernel's request block of each anew.
    let lines = try MockedBus.run("allocations 50")
    #expect(lines == ["100 allocations in 50 exchanges"])
  }

  @Test func `opening and closing leaves nothing behind`() throws {
    #expect(try MockedBus.run("reopen 200") == ["descriptors 0, threads 0"])
  }

  @Test func `scanners work side by side`() throws {
    let scanners = try (0..<3).map { _ in try ScriptedScanner() }
    let bus = try MockedBus(scanners.map { ($0, "") }, trial: "several 3")
    let expected = (1...3).map { "usb:1-\($0) exchanged 50" }
    #expect(try bus.lines().sorted() == expected)
  }
}

/// The number before "ms".
private func milliseconds(in line: String) -> Int? {
  let words = line.split(separator: " ")
  guard let index = words.firstIndex(of: "ms"), index > 0 else { return nil }
  return Int(words[index - 1])
}
