/// Every fault that is tested, in the order of docs/faults.md.
enum FaultTable {
  static let cases =
    departures + silences + refusals + spoiltPackets + failedScans + measurements + powerLosses

  /// The states of a scanner that nothing happens to, as far as clients see.
  static let undisturbed = ["ready"]
  /// The states of one that leaves the bus and comes back.
  static let away = ["ready", "disconnected connectionLost", "ready"]
  /// The same over libusb: what comes back is a new device until it has said who it is.
  static let awayOnUSB = ["ready", "disconnected deviceGone", "connecting", "ready"]

  /// States of a scanner that stays connected while something is wrong with it.
  static func doubtful(_ reason: String) -> [String] { ["ready", "ready \(reason)", "ready"] }

  /// States of a scanner whose connection is made anew.
  static func reconnected(_ reason: String) -> [String] {
    ["ready", "disconnected \(reason)", "ready"]
  }
}

// MARK: Leaving the bus

extension FaultTable {
  private static let departures: [FaultCase] = [
    FaultCase(
      kind: .unplugAndReplug,
      moment: "before the start",
      script: ["scan 4 unplug before start, replug after 600 ms"],
      behaviour: "connects again with growing pauses; the open sample goes on",
      states: away,
      statesOnUSB: awayOnUSB,
      recoverySeconds: 3
    ),
    FaultCase(
      kind: .unplugAndReplug,
      moment: "while scanning",
      script: ["scan 4 unplug while scanning, replug after 600 ms"],
      behaviour: "connects again; the scan that ran is not taken for one of its own",
      states: away,
      statesOnUSB: awayOnUSB,
      lost: [4],
      recoverySeconds: 3
    ),
    FaultCase(
      kind: .unplugAndReplug,
      moment: "before the file's first packet",
      script: ["scan 4 unplug after 0 packets, replug after 600 ms"],
      behaviour: "connects again; a part of a file is never decoded",
      states: away,
      statesOnUSB: awayOnUSB,
      lost: [4],
      recoverySeconds: 3
    ),
    FaultCase(
      kind: .unplugAndReplug,
      moment: "in the middle of the file",
      script: ["scan 4 unplug after 30 packets, replug after 600 ms"],
      behaviour: "connects again; a part of a file is never decoded",
      states: away,
      statesOnUSB: awayOnUSB,
      lost: [4],
      recoverySeconds: 3
    ),
    FaultCase(
      kind: .unplugAndReplug,
      moment: "before the file's last packet",
      script: ["scan 4 unplug after 66 packets, replug after 600 ms"],
      behaviour: "connects again; a part of a file is never decoded",
      states: away,
      statesOnUSB: awayOnUSB,
      lost: [4],
      recoverySeconds: 3
    ),
    FaultCase(
      kind: .unplugAndReplug,
      moment: "between two samples",
      script: ["scan 6 unplug before start, replug after 600 ms"],
      behaviour: "connects again; samples are numbered on",
      states: away,
      statesOnUSB: awayOnUSB,
      recoverySeconds: 3
    ),
    FaultCase(
      kind: .unplugAndReplug,
      moment: "twice, at the first scan and in a file",
      script: [
        "scan 1 unplug before start, replug after 600 ms",
        "scan 4 unplug after 30 packets, replug after 600 ms",
      ],
      firings: 2,
      behaviour: "connects again each time, with short pauses after a scan has succeeded",
      states: away + away.dropFirst(),
      statesOnUSB: awayOnUSB + awayOnUSB.dropFirst(),
      lost: [4],
      recoverySeconds: 3
    ),
    FaultCase(
      kind: .unplugForGood,
      moment: "before the start",
      script: ["scan 4 unplug before start, never replug"],
      behaviour: "tries again every 5 s at the most; over libusb waits to be told",
      states: ["ready", "disconnected connectionLost"],
      statesOnUSB: ["ready", "disconnected deviceGone"],
      lost: Set(4...FaultTrial.scanCount),
      recoverySeconds: 1
    ),
    FaultCase(
      kind: .unplugForGood,
      moment: "in the middle of the file",
      script: ["scan 4 unplug after 30 packets, never replug"],
      behaviour: "tries again every 5 s at the most; over libusb waits to be told",
      states: ["ready", "disconnected connectionLost"],
      statesOnUSB: ["ready", "disconnected deviceGone"],
      lost: Set(4...FaultTrial.scanCount),
      recoverySeconds: 1
    ),
  ]

  private static let powerLosses: [FaultCase] = [
    FaultCase(
      kind: .hibernation,
      moment: "while scanning, until its button is pressed",
      script: ["scan 4 hibernation, button after 600 ms"],
      behaviour: "connects again, forbids sleep and sets the clock",
      states: away,
      statesOnUSB: awayOnUSB,
      lost: [4],
      recoverySeconds: 3
    ),
    FaultCase(
      kind: .reset,
      moment: "before the start",
      script: ["scan 4 reset before start, back after 600 ms"],
      behaviour: "connects again and prepares it as if it were new",
      states: away,
      statesOnUSB: awayOnUSB,
      recoverySeconds: 3
    ),
    FaultCase(
      kind: .reset,
      moment: "while scanning",
      script: ["scan 4 reset while scanning, back after 600 ms"],
      behaviour: "connects again and prepares it as if it were new",
      states: away,
      statesOnUSB: awayOnUSB,
      lost: [4],
      recoverySeconds: 3
    ),
    FaultCase(
      kind: .reset,
      moment: "in the middle of the file",
      script: ["scan 4 reset after 30 packets, back after 600 ms"],
      behaviour: "connects again and prepares it as if it were new",
      states: away,
      statesOnUSB: awayOnUSB,
      lost: [4],
      recoverySeconds: 3
    ),
    FaultCase(
      kind: .bootClock,
      moment: "at one scan",
      script: ["scan 4 clock lost"],
      behaviour: "takes the scan, says so, and sets the clock before the next one",
      states: doubtful("clockUnset"),
      recoverySeconds: 1
    ),
  ]
}
