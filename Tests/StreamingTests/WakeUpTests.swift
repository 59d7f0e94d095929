import Glibc
import Streaming
import Testing

@Suite(.timeLimit(.minutes(1))) struct WakeUpTests {
  @Test func `a signal before the wait is not lost and many count once`() throws {
    var wakeUp = try WakeUp()
    let signaller = wakeUp.signaller
    for _ in 0..<5 { signaller.signal() }
    let results = [wakeUp.wait(timeout: .seconds(5)), wakeUp.wait(timeout: .zero)]
    #expect(results == [true, false])
  }

  @Test(arguments: [0, 1, 30])
  func `a wait without a signal lasts its timeout`(milliseconds: Int) throws {
    var wakeUp = try WakeUp()
    let start = ContinuousClock.now
    let isSignalled = wakeUp.wait(timeout: .milliseconds(milliseconds))
    #expect(!isSignalled)
    #expect(ContinuousClock.now - start >= .milliseconds(milliseconds))
    #expect(ContinuousClock.now - start < .seconds(10))
  }

  @Test func `a negative timeout returns at once`() throws {
    var wakeUp = try WakeUp()
    let isSignalled = wakeUp.wait(timeout: .seconds(-1))
    #expect(!isSignalled)
  }

  @Test func `a wait without a timeout ends with a signal from another thread`() throws {
    var wakeUp = try WakeUp()
    let thread = try StageThread(name: "signaller", stage: wakeUp.signaller) { signaller in
      usleep(10_000)
      signaller.signal()
    }
    let isSignalled = wakeUp.wait(timeout: nil)
    #expect(isSignalled)
    thread.join()
  }

  @Test func `a signal after the waiter is gone is harmless`() throws {
    let signaller = try WakeUp().signaller
    signaller.signal()
  }
}

@Suite(.timeLimit(.minutes(1))) struct StageThreadTests {
  @Test func `a stage runs under its name with requests blocked`() throws {
    let ring = PredictionRing(capacity: 2)
    var consumer = ring.consumer
    let thread = try StageThread(name: "pipeline", stage: ring.producer) { producer in
      var mask = sigset_t()
      unsafe pthread_sigmask(SIG_BLOCK, nil, &mask)
      let isNamed = ownThreadName() == "pipeline\n"
      let isBlocked = unsafe [sigismember(&mask, SIGTERM), sigismember(&mask, SIGSEGV)]
      _ = producer.write { slot in
        slot.header.isFinal = isNamed
        slot.header.isAccepted = isBlocked == [1, 0]
      }
    }
    thread.join()
    var results: [Bool] = []
    _ = consumer.read { results = [$0.header.isFinal, $0.header.isAccepted] }
    #expect(results == [true, true])
  }

  @Test func `a name that the kernel would cut traps`() async {
    await #expect(processExitsWith: .failure) {
      _ = try StageThread(name: "sixteen bytes ..", stage: 0) { _ in }
    }
  }
}

private func ownThreadName() -> String {
  let file = unsafe open("/proc/thread-self/comm", O_RDONLY | O_CLOEXEC)
  defer { close(file) }
  var bytes = [UInt8](repeating: 0, count: 32)
  let count = unsafe read(file, &bytes, bytes.count)
  return String(decoding: bytes.prefix(max(0, count)), as: UTF8.self)
}
