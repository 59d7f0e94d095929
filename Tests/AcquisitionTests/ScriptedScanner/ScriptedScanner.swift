import Acquisition
import Foundation
import Glibc
import Synchronization

/// A USB/IP server with one scripted device, on a thread of its own.
///
/// It is as strict as a real bus: an IN transfer ends only when all its reports are there.
final class ScriptedScanner: Sendable {
  /// The device; a test changes its faults while nothing is connected, or between two waits.
  let device: Mutex<ScriptedDevice>
  private let listener: ListeningSocket
  private let connection = Mutex<Int32>(-1)
  private let isStopped = Mutex(false)
  private let manners: Manners

  /// How the server behaves, apart from the device.
  enum Manners {
    /// As a good server does.
    case good
    /// Each IN is answered by one report only.
    case reportByReport
    /// Every other IN is answered by an empty packet.
    case emptyBetween
    /// It sends these bytes instead of every answer.
    case says([UInt8])
  }

  init(
    _ device: ScriptedDevice = ScriptedDevice(),
    on kind: ListeningSocket.Kind = .unix,
    manners: Manners = .good
  ) throws {
    self.device = Mutex(device)
    self.manners = manners
    listener = try ListeningSocket(kind)
    Thread.detachNewThread { [weak self, listener] in
      while true {
        let accepted = accept(listener.descriptor, nil, nil)
        guard accepted >= 0, let self else { break }
        self.connection.withLock { $0 = accepted }
        var transfers = ScriptedConnection(descriptor: accepted, manners: self.manners)
        transfers.serve(self)
        self.connection.withLock {
          $0 = -1
          close(accepted)
        }
      }
      close(listener.descriptor)
    }
  }

  deinit { stop() }

  /// Ends the server and its connection.
  func stop() {
    // Once only: the descriptor's number may belong to somebody else afterwards.
    guard
      isStopped.withLock({ stopped in
        defer { stopped = true }
        return !stopped
      })
    else { return }
    listener.stop()
    disconnect()
  }

  /// Cuts the current connection.
  func disconnect() {
    connection.withLock { if $0 >= 0 { shutdown($0, Int32(SHUT_RDWR)) } }
  }

  func address(busID: String = "1-1") throws -> ScannerAddress {
    .usbip(try USBIPAddress(parsing: "\(listener.location)/\(busID)"))
  }

  var commands: [String] { device.withLock { $0.commands } }
}

/// The transfers of one connection.
private struct ScriptedConnection {
  let descriptor: Int32
  let manners: ScriptedScanner.Manners
  private var answers: [UInt8] = []
  private var waiting: (sequence: UInt32, length: Int)?
  private var wasEmpty = false

  init(descriptor: Int32, manners: ScriptedScanner.Manners) {
    (self.descriptor, self.manners) = (descriptor, manners)
  }

  mutating func serve(_ scanner: ScriptedScanner) {
    if case .says(let bytes) = manners {
      send(bytes)
      while receive(1) != nil {}
      return
    }
    guard importDevice() else { return }
    while let header = receive(48) {
      let words = stride(from: 0, to: 48, by: 4).map { bigEndian(header, at: $0) }
      switch words[0] {
      case 1 where words[4] == 0:
        let data = words[3] == 0 ? receive(Int(words[6])) : []
        guard data != nil else { return }
        let answer = ScriptedDescriptors.answer(setup: Array(header[40..<48]))
        let bytes = answer?.prefix(words[3] == 1 ? Int(words[6]) : 0) ?? []
        send(reply(3, words[1], status: answer == nil ? -32 : 0, length: bytes.count) + bytes)
      case 1 where words[3] == 0:
        guard let report = receive(Int(words[6])) else { return }
        guard case .bytes(let bytes) = scanner.device.withLock({ $0.take(report) }) else { return }
        answers += bytes
        send(reply(3, words[1], status: 0, length: report.count))
      case 1: waiting = (words[1], Int(words[6]))
      case 2:
        let wasWaiting = waiting?.sequence == words[5]
        if wasWaiting { waiting = nil }
        send(reply(4, words[1], status: wasWaiting ? -104 : 0, length: 0))
      default: return
      }
      answerWaiting()
    }
  }

  private mutating func answerWaiting() {
    guard let (sequence, wanted) = waiting else { return }
    if case .emptyBetween = manners, !wasEmpty {
      send(reply(3, sequence, status: 0, length: 0))
      (waiting, wasEmpty) = (nil, true)
      return
    }
    var length = wanted
    if case .reportByReport = manners { length = min(64, wanted) }
    guard answers.count >= length else { return }
    send(reply(3, sequence, status: 0, length: length) + answers[..<length])
    answers.removeFirst(length)
    (waiting, wasEmpty) = (nil, false)
  }

  private func importDevice() -> Bool {
    guard let request = receive(40), request[3] == 0x03 else { return false }
    guard request[9..<11].elementsEqual("-1".utf8), request[8] != UInt8(ascii: "9") else {
      send([0x01, 0x11, 0x00, 0x03, 0, 0, 0, 1])
      return false
    }
    var device = [UInt8](repeating: 0, count: 312)
    (device[291], device[295], device[299]) = (1, 2, 2)
    (device[300], device[301], device[302], device[303]) = (0x04, 0x51, 0x42, 0x00)
    // 2-1 is something else than a scanner.
    if request[8] == UInt8(ascii: "2") { device[302] = 0x43 }
    send([0x01, 0x11, 0x00, 0x03, 0, 0, 0, 0] + device)
    return true
  }

  private func reply(
    _ command: UInt32,
    _ sequence: UInt32,
    status: Int32,
    length: Int
  ) -> [UInt8] {
    let words: [UInt32] = [
      command, sequence, 0, 0, 0, UInt32(bitPattern: status), UInt32(length), 0, .max, 0, 0, 0,
    ]
    return words.flatMap { word in (0..<4).map { UInt8(word >> (24 - 8 * $0) & 0xFF) } }
  }

  private func bigEndian(_ bytes: [UInt8], at offset: Int) -> UInt32 {
    bytes[offset..<offset + 4].reduce(0) { $0 << 8 | UInt32($1) }
  }

  private func send(_ bytes: [UInt8]) {
    var sent = 0
    while sent < bytes.count {
      let result = unsafe bytes[sent...].withUnsafeBytes {
        unsafe Glibc.send(descriptor, $0.baseAddress, $0.count, Int32(MSG_NOSIGNAL))
      }
      guard result > 0 else { return }
      sent += result
    }
  }

  /// Exactly `count` bytes, or nil when the connection ends.
  private func receive(_ count: Int) -> [UInt8]? {
    var bytes = [UInt8](repeating: 0, count: count)
    var received = 0
    while received < count {
      let result = unsafe bytes[received...].withUnsafeMutableBytes {
        unsafe recv(descriptor, $0.baseAddress, $0.count, 0)
      }
      guard result > 0 else { return nil }
      received += result
    }
    return bytes
  }
}
