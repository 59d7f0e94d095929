// Scans that fail, and scans that measure nonsense.

extension FaultTable {
  static let failedScans: [FaultCase] = [
    FaultCase(
      kind: .failedScan,
      moment: "its error bit says so",
      script: ["scan 4 failed scan"],
      behaviour: "does not read the file, says so, and scans again",
      states: doubtful("scanFailed"),
      lost: [4],
      recoverySeconds: 2
    ),
    FaultCase(
      kind: .failedScan,
      moment: "only its scan counter says so",
      script: ["scan 4 failed scan, battery code 1"],
      behaviour: "finds the old scan in the file, says so, and scans again",
      states: doubtful("scanFailed"),
      lost: [4],
      recoverySeconds: 2
    ),
    FaultCase(
      kind: .failedScan,
      moment: "two in a row, of the converter",
      script: ["scan 4 failed scan, adc code 1, for 2 scans"],
      firings: 2,
      behaviour: "does not read the file, says so, and scans again",
      states: doubtful("scanFailed"),
      lost: [4, 5],
      recoverySeconds: 2
    ),
    FaultCase(
      kind: .failedScan,
      moment: "four in a row",
      script: ["scan 4 failed scan, for 4 scans"],
      firings: 4,
      behaviour: "opens the scanner anew after the fourth",
      states: ["ready", "ready scanFailed", "disconnected scanFailed", "ready"],
      lost: [4, 5, 6, 7],
      recoverySeconds: 3
    ),
    FaultCase(
      kind: .failedScan,
      moment: "the very first scan",
      script: ["scan 1 failed scan, card code 1"],
      behaviour: "finds no scan at all, says so, and scans again",
      states: doubtful("scanFileInvalid"),
      lost: [1],
      recoverySeconds: 2
    ),
  ]

  static let measurements: [FaultCase] = [
    FaultCase(
      kind: .temperatureSensor,
      moment: "in one scan",
      script: ["scan 4 temperature sensor fails"],
      behaviour: "takes the scan without that temperature and says so",
      states: doubtful("temperatureSensorFault"),
      recoverySeconds: 1
    ),
    FaultCase(
      kind: .humiditySensor,
      moment: "in two scans",
      script: ["scan 4 humidity sensor fails, for 2 scans"],
      firings: 2,
      behaviour: "publishes the scans, does not accept them, and says so",
      states: doubtful("humiditySensorFault"),
      rejected: [4: ["sensorMissing"], 5: ["sensorMissing"]],
      recoverySeconds: 1
    ),
    FaultCase(
      kind: .zeroReference,
      moment: "until the scanner is plugged in again",
      script: [
        "scan 1 zero reference", "scan 4 unplug before start, replug after 600 ms",
      ],
      firings: 2,
      behaviour: "publishes scans without absorbance and does not accept them",
      states: ["ready referenceInvalid"] + away.dropFirst(),
      rejected: [
        1: ["referenceMissing"], 2: ["referenceMissing"], 3: ["referenceMissing"],
      ],
      recoverySeconds: 3
    ),
    FaultCase(
      kind: .saturation,
      moment: "in one scan",
      script: ["scan 4 saturation"],
      behaviour: "publishes the scan and does not accept it",
      states: undisturbed,
      rejected: [4: ["saturated"]],
      spoilt: [4],
      recoverySeconds: 1
    ),
    FaultCase(
      kind: .lowLight,
      moment: "in one scan",
      script: ["scan 4 low light, divided by 2000"],
      behaviour: "publishes the scan and does not accept it",
      states: undisturbed,
      rejected: [4: ["lowLight"]],
      spoilt: [4],
      recoverySeconds: 1
    ),
  ]
}
