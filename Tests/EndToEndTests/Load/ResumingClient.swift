import Foundation
import Synchronization

/// A client of the control socket that goes on after the last number it has, whatever happens.
///
/// It speaks Varlink by hand: an oracle of its own beside the client of spectractl.
final class ResumingClient: Sendable {
  private struct State {
    var watch = SequenceWatch(separator: 0)
    var stream: String?
    /// The object of each number, as it came.
    var lines: [Int: String] = [:]
    var connections = 0
    var errors: [String] = []
    var unfinished: [UInt8] = []
  }

  private let state = Mutex(State())
  private let isStopping = Atomic<Bool>(false)
  private let path: String
  /// Seconds that it sleeps after each read.
  private let pause: Double

  init(path: String, pause: Double = 0) {
    (self.path, self.pause) = (path, pause)
    Thread.detachNewThread { [self] in run() }
  }

  var watch: SequenceWatch { state.withLock { $0.watch } }
  var lines: [Int: String] { state.withLock { $0.lines } }
  var connectionCount: Int { state.withLock { $0.connections } }
  var errors: [String] { state.withLock { $0.errors } }

  func stop() { isStopping.store(true, ordering: .relaxed) }

  private func run() {
    while !isStopping.load(ordering: .relaxed) {
      guard let descriptor = LocalConnection.open(path) else {
        Thread.sleep(forTimeInterval: 0.01)
        continue
      }
      subscribe(descriptor)
      close(descriptor)
    }
  }

  private func subscribe(_ descriptor: Int32) {
    let (last, stream) = state.withLock { state in
      state.connections += 1
      state.watch.connectionEnded()
      state.unfinished = []
      return (state.watch.last ?? 0, state.stream)
    }
    let ofStream = stream.map { #","stream":"\#($0)""# } ?? ""
    let call =
      #"{"method":"io.spectrad.Subscribe","parameters":{"after":\#(last)\#(ofStream)},"more":true}"#
    let bytes = Array(call.utf8) + [0]
    // SAFETY: the call reads as many bytes as the array has.
    guard unsafe send(descriptor, bytes, bytes.count, Int32(MSG_NOSIGNAL)) == bytes.count else {
      return
    }
    var buffer = [UInt8](repeating: 0, count: 1 << 16)
    while !isStopping.load(ordering: .relaxed) {
      var entry = pollfd(fd: descriptor, events: Int16(POLLIN), revents: 0)
      // SAFETY: one entry, alive during the call; below, at most the buffer's bytes are written.
      guard unsafe poll(&entry, 1, 200) > 0 else { continue }
      let count = unsafe recv(descriptor, &buffer, buffer.count, 0)
      guard count > 0 else { return }
      state.withLock { ResumingClient.take(buffer[..<count], &$0) }
      if pause > 0 { Thread.sleep(forTimeInterval: pause) }
    }
  }

  private static func take(_ bytes: ArraySlice<UInt8>, _ state: inout State) {
    state.watch.take(bytes)
    state.unfinished.append(contentsOf: bytes)
    var start = 0
    while let end = state.unfinished[start...].firstIndex(of: 0) {
      take(message: state.unfinished[start..<end], &state)
      start = end + 1
    }
    state.unfinished.removeFirst(start)
  }

  /// Takes `{"parameters":{"KIND":OBJECT},"continues":true}`; the object is kept byte by byte.
  private static func take(message: ArraySlice<UInt8>, _ state: inout State) {
    let text = String(decoding: message, as: UTF8.self)
    // The last reply, which nothing follows; who asks at that moment is told so too.
    if text.hasPrefix(#"{"parameters":{"bye":"#) { return }
    if text.contains("the daemon is stopping") { return }
    let (start, end) = (#"{"parameters":{""#, #"},"continues":true}"#)
    guard text.hasPrefix(start), text.hasSuffix(end),
      let kindEnd = text.dropFirst(start.count).firstIndex(of: "\"")
    else { return state.errors.append(text) }
    let kind = text.dropFirst(start.count)[..<kindEnd]
    let object = String(text[text.index(kindEnd, offsetBy: 2)...].dropLast(end.count))
    if kind == "hello" {
      let stream = object.firstRange(of: #""stream":""#).map { object[$0.upperBound...].prefix(32) }
      if let known = state.stream, known != stream.map(String.init) {
        state.errors.append("another stream")
      }
      state.stream = stream.map(String.init)
    } else if let range = object.firstRange(of: #","seq":"#) {
      let digits = object[range.upperBound...].prefix { $0.isNumber }
      guard let sequence = Int(digits) else { return state.errors.append(text) }
      if state.lines[sequence] != nil { state.errors.append("\(sequence) came twice") }
      state.lines[sequence] = object
    }
  }
}
