// Replies that do not come, come late, refuse, or come spoilt.

extension FaultTable {
  static let silences: [FaultCase] = [
    FaultCase(
      kind: .stall,
      moment: "instead of the answer to the start",
      script: ["scan 4 stall on start"],
      behaviour: "opens the scanner anew, which clears the halt",
      states: reconnected("stalled"),
      statesOnUSB: reconnected("stalled"),
      lost: [4],
      recoverySeconds: 2
    ),
    FaultCase(
      kind: .stall,
      moment: "instead of the status of a running scan",
      script: ["scan 4 stall on status"],
      behaviour: "opens the scanner anew, which clears the halt",
      states: reconnected("stalled"),
      statesOnUSB: reconnected("stalled"),
      lost: [4],
      recoverySeconds: 2
    ),
    FaultCase(
      kind: .stall,
      moment: "in the middle of the file",
      script: ["scan 4 stall on chunk 3"],
      behaviour: "opens the scanner anew, which clears the halt",
      states: reconnected("stalled"),
      statesOnUSB: reconnected("stalled"),
      lost: [4],
      recoverySeconds: 2
    ),
    FaultCase(
      kind: .silence,
      moment: "after the start",
      script: ["scan 4 silence on start"],
      behaviour: "goes on after 5 s as if it had been answered: the scan counter tells",
      states: undisturbed,
      statesOnUSB: undisturbed,
      recoverySeconds: 7
    ),
    FaultCase(
      kind: .silence,
      moment: "about a running scan",
      script: ["scan 4 silence on status"],
      behaviour: "asks again after 2 s",
      states: undisturbed,
      recoverySeconds: 4
    ),
    FaultCase(
      kind: .silence,
      moment: "about errors",
      script: ["scan 4 silence on errors"],
      behaviour: "asks again after 2 s",
      states: undisturbed,
      recoverySeconds: 4
    ),
    FaultCase(
      kind: .silence,
      moment: "about the file's size",
      script: ["scan 4 silence on size"],
      behaviour: "asks again after 5 s",
      states: undisturbed,
      recoverySeconds: 7
    ),
    FaultCase(
      kind: .silence,
      moment: "in the middle of the file",
      script: ["scan 4 silence on chunk 3"],
      behaviour: "reads the file again from its beginning after 2 s",
      states: undisturbed,
      statesOnUSB: undisturbed,
      recoverySeconds: 4
    ),
    FaultCase(
      kind: .silence,
      moment: "in the middle of the file, three times",
      script: ["scan 4 silence on chunk 3, 3 times"],
      firings: 3,
      behaviour: "gives up after three times 2 s and opens the scanner anew",
      states: reconnected("timeout"),
      statesOnUSB: reconnected("timeout"),
      lost: [4],
      recoverySeconds: 8
    ),
    FaultCase(
      kind: .silence,
      moment: "for 3 s",
      script: ["scan 4 silence on status, for 3 s"],
      behaviour: "asks again every 2 s as long as a scan may take",
      states: undisturbed,
      recoverySeconds: 6
    ),
    FaultCase(
      kind: .lateReply,
      moment: "to the start, in time",
      script: ["scan 4 late on start, by 400 ms"],
      behaviour: "waits",
      states: undisturbed,
      recoverySeconds: 2
    ),
    FaultCase(
      kind: .lateReply,
      moment: "to the start, too late",
      script: ["scan 4 late on start, by 5500 ms"],
      behaviour: "goes on after 5 s; the late answer is skipped",
      states: undisturbed,
      recoverySeconds: 8,
      leastSeconds: 4.9
    ),
    FaultCase(
      kind: .lateReply,
      moment: "about a running scan, too late",
      script: ["scan 4 late on status, by 2500 ms"],
      behaviour: "asks again after 2 s; the late answer is skipped",
      states: undisturbed,
      recoverySeconds: 5,
      leastSeconds: 1.9
    ),
    FaultCase(
      kind: .lateReply,
      moment: "in the middle of the file, too late",
      script: ["scan 4 late on chunk 3, by 2500 ms"],
      behaviour: "reads the file again after 2 s; the late chunk is skipped, not appended",
      states: undisturbed,
      recoverySeconds: 5,
      leastSeconds: 1.9
    ),
  ]

  static let refusals: [FaultCase] = [
    FaultCase(
      kind: .busy,
      moment: "20 times at the start",
      script: ["scan 4 busy on start, 20 times"],
      firings: 20,
      behaviour: "asks again every 100 ms",
      states: undisturbed,
      recoverySeconds: 4
    ),
    FaultCase(
      kind: .busy,
      moment: "for 1 s, whatever is asked",
      script: ["scan 4 busy on start, for 1 s"],
      behaviour: "asks again every 100 ms",
      states: undisturbed,
      recoverySeconds: 3
    ),
    FaultCase(
      kind: .busy,
      moment: "while scanning",
      script: ["scan 4 busy on status"],
      behaviour: "gives this scan up, says so, and scans again",
      states: doubtful("busy"),
      lost: [4],
      recoverySeconds: 2
    ),
    FaultCase(
      kind: .busy,
      moment: "in the middle of the file",
      script: ["scan 4 busy on chunk 3"],
      behaviour: "gives this scan up, says so, and scans again",
      states: doubtful("busy"),
      lost: [4],
      recoverySeconds: 2
    ),
    FaultCase(
      kind: .errorReply,
      moment: "to the start",
      script: ["scan 4 error on start"],
      behaviour: "says so and starts the scan again",
      states: doubtful("commandFailed"),
      recoverySeconds: 2
    ),
    FaultCase(
      kind: .errorReply,
      moment: "to the start, four times",
      script: ["scan 4 error on start, 4 times"],
      firings: 4,
      behaviour: "opens the scanner anew after the fourth",
      states: ["ready", "ready commandFailed", "disconnected commandFailed", "ready"],
      recoverySeconds: 3
    ),
    FaultCase(
      kind: .errorReply,
      moment: "about a running scan",
      script: ["scan 4 error on status"],
      behaviour: "asks again",
      states: undisturbed,
      recoverySeconds: 2
    ),
    FaultCase(
      kind: .errorReply,
      moment: "about errors",
      script: ["scan 4 error on errors"],
      behaviour: "asks again",
      states: undisturbed,
      recoverySeconds: 2
    ),
    FaultCase(
      kind: .errorReply,
      moment: "about the file's size",
      script: ["scan 4 error on size"],
      behaviour: "asks again",
      states: undisturbed,
      recoverySeconds: 2
    ),
    FaultCase(
      kind: .errorReply,
      moment: "in the middle of the file",
      script: ["scan 4 error on chunk 3"],
      behaviour: "reads the file again from its beginning",
      states: undisturbed,
      recoverySeconds: 2
    ),
    FaultCase(
      kind: .errorReply,
      moment: "to the start, then to the question for the last scan, before a scan that fails",
      script: [
        "scan 4 error on start", "scan 4 error on size", "scan 4 failed scan, battery code 1",
      ],
      firings: 3,
      behaviour: "asks again which scan the scanner holds, so the old one is not taken again",
      states: ["ready", "ready commandFailed", "ready scanFailed", "ready"],
      lost: [4],
      recoverySeconds: 2
    ),
  ]
}
