import Testing
import spectrasim

/// Scripts of words in no order: each is read or refused, none does anything else.
struct FaultScriptRandomTests {
  private static let words = """
    device 1 2 * scan 3 unplug hibernation reset failed clock lost temperature humidity sensor \
    fails zero reference saturation low light gain failure stale data stall silence late busy \
    error wrong sequence short packet garbage truncated chunk on before instead of start status \
    while scanning after packets replug never no button back keep for scans times seed bytes by \
    divided to s ms 0x10 1.5 -1 99999999999999999999 , 00/2E ü # code adc in
    """.split(separator: " ")

  @Test
  func `random words are read or refused at their line`() {
    let seed = UInt64.random(in: 0...UInt64.max)
    var random = DeterministicRandom(seed: seed, stream: 0)
    func next(_ limit: Int) -> Int { Int(random.word() % UInt64(limit)) }
    var readCount = 0
    for _ in 0..<3_000 {
      var line = "device 1 scan 1"
      for _ in 0..<next(6) { line += " " + FaultScriptRandomTests.words[next(words.count)] }
      do throws(FaultScriptError) {
        readCount += try FaultScript(parsing: line).faults.count
      } catch {
        #expect(error.description.hasPrefix("line 1: found "), "seed \(seed): \(line)")
      }
    }
    #expect(readCount > 0, "seed \(seed)")
  }

  private var words: [Substring] { FaultScriptRandomTests.words }
}
