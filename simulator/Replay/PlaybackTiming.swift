/// How fast a virtual scanner works.
package enum PlaybackSpeed: Equatable, Sendable {
  /// No waits at all: every command is answered at once, a scan is done by the next poll.
  case unlimited
  /// This many times as fast as the documented device.
  case factor(Double)

  /// Real nanoseconds for a time of the device in milliseconds.
  package func nanoseconds(milliseconds: UInt32) -> UInt64 {
    switch self {
    case .unlimited: 0
    case .factor(let factor): UInt64(Double(milliseconds) * 1e6 / factor)
    }
  }
}

/// The device's documented times in milliseconds.
package enum ScanTiming {
  /// Starting the display controller and settling the lamp; the start-scan reply waits for these.
  package static let startMilliseconds: UInt32 = 300 + 625
  private static let patternsPerFrame = 24
  private static let framesPerSecond = 60

  /// How long a scan takes with the lamp switched by the device or left to the host.
  package static func milliseconds(
    patternCount: Int,
    repeats: Int,
    deviceControlsLamp: Bool
  ) -> UInt32 {
    let wordCount = patternCount + patternCount / patternsPerFrame
    let gainPass = passMilliseconds(count: wordCount, passes: 1)
    let passes = passMilliseconds(count: patternCount, passes: repeats)
    let scanning = 100 + passes
    guard deviceControlsLamp else { return UInt32(scanning) }
    return startMilliseconds + UInt32(150 + gainPass + scanning)
  }

  /// Every frame shows 24 patterns; four more frames begin and end a pass.
  private static func passMilliseconds(count: Int, passes: Int) -> Int {
    1_000 * passes * (count / patternsPerFrame + 1 + 3) / framesPerSecond
  }
}
