import Streaming
import Testing

/// What the watchdog makes of a stage that works, waits, hangs or has ended.
@Suite(.timeLimit(.minutes(1))) struct StagePulseTests {
  @Test func `a stage at work is alive as long as it repeats the token`() {
    let pulses = StagePulses()
    let pulse = pulses.add("pipeline")
    for _ in 0..<3 {
      pulses.giveOutToken()
      #expect(pulses.hanging() == ["pipeline"])
      pulse.working()
      #expect(pulses.hanging() == [])
    }
  }

  @Test func `a stage that was added after the token is alive`() {
    let pulses = StagePulses()
    pulses.giveOutToken()
    _ = pulses.add("scanner usb:1-1")
    #expect(pulses.hanging() == [])
    pulses.giveOutToken()
    #expect(pulses.hanging() == ["scanner usb:1-1"])
  }

  @Test func `a stage that waits for work is alive for ever`() {
    let pulses = StagePulses()
    let pulse = pulses.add("publishing")
    pulse.waiting()
    for _ in 0..<3 {
      pulses.giveOutToken()
      #expect(pulses.hanging() == [])
    }
  }

  @Test func `a wait for a device is excused until its own timeout and one token longer`() {
    let pulses = StagePulses()
    let pulse = pulses.add("scanner usb:1-1")
    pulse.waiting(atMost: .seconds(600))
    pulses.giveOutToken()
    #expect(pulses.hanging() == [])
    pulse.waiting(atMost: .zero)
    #expect(pulses.hanging() == [], "the stage had no time yet to go on")
    pulses.giveOutToken()
    #expect(pulses.hanging() == ["scanner usb:1-1"])
  }

  @Test(arguments: [(UInt64(1), true), (.max / 8, false), (.max, false)])
  func `a wait until a time of the past is excused once`(nanoseconds: UInt64, hangs: Bool) {
    let pulses = StagePulses()
    let pulse = pulses.add("stage")
    pulse.waiting(untilNanoseconds: nanoseconds)
    pulses.giveOutToken()
    #expect(pulses.hanging().isEmpty == !hangs)
  }

  @Test(arguments: [Duration.seconds(-1), .seconds(Int64.max), .nanoseconds(1)])
  func `any timeout is taken`(timeout: Duration) {
    let pulses = StagePulses()
    let pulse = pulses.add("stage")
    pulse.waiting(atMost: timeout)
    pulse.working()
    #expect(pulses.hanging() == [])
  }

  @Test func `a stage that has ended is watched no more`() {
    let pulses = StagePulses()
    let pulse = pulses.add("scanner usb:1-1")
    pulse.end()
    pulses.giveOutToken()
    #expect(pulses.hanging() == [])
    pulse.working()
    #expect(pulses.hanging() == [], "it was forgotten, whatever its value says")
  }

  @Test func `a stage whose waiting is not ours is asked at each token`() {
    let pulses = StagePulses()
    _ = pulses.add("event loop") { $0.working() }
    _ = pulses.add("hung loop") { _ in }
    for _ in 0..<3 { pulses.giveOutToken() }
    #expect(pulses.hanging() == ["hung loop"])
  }

  @Test func `a wait on a wake-up counts as waiting and what follows as work`() throws {
    var wakeUp = try WakeUp()
    let pulses = StagePulses()
    let pulse = pulses.add("pipeline") { _ in }
    let asker = try StageThread(name: "asker", stage: wakeUp.signaller) { signaller in
      pulses.giveOutToken()
      signaller.signal()
    }
    let isSignalled = wakeUp.wait(timeout: .seconds(30), pulse: pulse)
    asker.join()
    #expect(isSignalled)
    #expect(pulses.hanging() == [])
    pulses.giveOutToken()
    #expect(pulses.hanging() == ["pipeline"])
  }
}
