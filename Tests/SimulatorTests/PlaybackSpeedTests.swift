import Testing
import spectrasim

struct PlaybackSpeedTests {
  @Test(
    arguments: [
      ("max", .unlimited), ("1", .factor(1)), ("0.5", .factor(0.5)), ("10", .factor(10)),
      ("0.001", .factor(0.001)),
      ("1000000", .factor(1e6)), ("1e308", nil), ("0", nil), ("-1", nil), ("nan", nil),
      ("inf", nil), ("fast", nil), ("", nil),
    ] as [(String, PlaybackSpeed?)]
  )
  func `a speed is a factor or max`(text: String, expected: PlaybackSpeed?) {
    #expect((try? PlaybackSpeed(argument: text)) == expected)
  }

  @Test
  func `a speed divides the device's times`() {
    #expect(PlaybackSpeed.factor(1).nanoseconds(milliseconds: 2_691) == 2_691_000_000)
    #expect(PlaybackSpeed.factor(10).nanoseconds(milliseconds: 2_691) == 269_100_000)
    #expect(PlaybackSpeed.unlimited.nanoseconds(milliseconds: 2_691) == 0)
  }
}
