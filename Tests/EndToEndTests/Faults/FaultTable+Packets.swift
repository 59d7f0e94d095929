// Packets that are not what they should be.

extension FaultTable {
  static let spoiltPackets: [FaultCase] = [
    FaultCase(
      kind: .wrongSequenceNumber,
      moment: "to the start",
      script: ["scan 4 wrong sequence on start"],
      behaviour: "skips the answer and goes on after 5 s: the scan counter tells",
      states: undisturbed,
      recoverySeconds: 7,
      leastSeconds: 4.9
    ),
    FaultCase(
      kind: .wrongSequenceNumber,
      moment: "about a running scan",
      script: ["scan 4 wrong sequence on status"],
      behaviour: "skips the answer and asks again after 2 s",
      states: undisturbed,
      recoverySeconds: 4,
      leastSeconds: 1.9
    ),
    FaultCase(
      kind: .wrongSequenceNumber,
      moment: "in the middle of the file",
      script: ["scan 4 wrong sequence on chunk 3"],
      behaviour: "skips the chunk and reads the file again after 2 s",
      states: undisturbed,
      recoverySeconds: 4,
      leastSeconds: 1.9
    ),
    FaultCase(
      kind: .shortPacket,
      moment: "to the start",
      script: ["scan 4 short packet on start"],
      behaviour: "goes on as if it had been answered: the scan counter tells",
      states: undisturbed,
      recoverySeconds: 2
    ),
    FaultCase(
      kind: .shortPacket,
      moment: "in the middle of the file",
      script: ["scan 4 short packet on chunk 3, of 10 bytes"],
      behaviour: "reads the file again from its beginning",
      states: undisturbed,
      recoverySeconds: 2
    ),
    FaultCase(
      kind: .shortPacket,
      moment: "empty, about a running scan",
      script: ["scan 4 short packet on status, of 0 bytes"],
      behaviour: "waits for the rest, then asks again after 2 s",
      states: undisturbed,
      recoverySeconds: 4
    ),
    FaultCase(
      kind: .garbagePacket,
      moment: "before the answer to the start",
      script: ["scan 4 garbage before start"],
      behaviour: "skips it",
      states: undisturbed,
      recoverySeconds: 2
    ),
    FaultCase(
      kind: .garbagePacket,
      moment: "before a chunk of the file",
      script: ["scan 4 garbage before chunk 3, seed 2"],
      behaviour: "skips it",
      states: undisturbed,
      recoverySeconds: 2
    ),
    FaultCase(
      kind: .garbagePacket,
      moment: "instead of the status of a running scan",
      script: ["scan 4 garbage instead of status, seed 3"],
      behaviour: "skips it and asks again after 2 s",
      states: undisturbed,
      recoverySeconds: 4
    ),
    FaultCase(
      kind: .garbagePacket,
      moment: "instead of a chunk of the file",
      script: ["scan 4 garbage instead of chunk 3, seed 4"],
      behaviour: "skips it and reads the file again after 2 s",
      states: undisturbed,
      recoverySeconds: 4
    ),
    FaultCase(
      kind: .truncatedChunk,
      moment: "in the middle of the file",
      script: ["scan 4 truncated chunk 3, to 100 bytes"],
      behaviour: "reads the file again from its beginning",
      states: undisturbed,
      recoverySeconds: 2
    ),
    FaultCase(
      kind: .truncatedChunk,
      moment: "the last one, to nothing",
      script: ["scan 4 truncated chunk 8, to 0 bytes"],
      behaviour: "reads the file again from its beginning",
      states: undisturbed,
      recoverySeconds: 2
    ),
    FaultCase(
      kind: .truncatedChunk,
      moment: "three times",
      script: ["scan 4 truncated chunk 3, 3 times"],
      firings: 3,
      behaviour: "gives up this scan and opens the scanner anew",
      states: reconnected("protocolError"),
      lost: [4],
      recoverySeconds: 2
    ),
  ]
}
