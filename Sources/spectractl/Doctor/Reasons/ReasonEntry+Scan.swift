extension ReasonEntry {
  /// Why a scan is not used.
  static let scan: [ReasonEntry] = [
    ReasonEntry(
      "lowLight",
      .hint,
      "the last scan was too dark to be used",
      [.say("Put the sample close on the window, and clean the window.")]
    ),
    ReasonEntry(
      "saturated",
      .hint,
      "the last scan was too bright to be used",
      [.say("Keep other light off, and use no mirror under the sample.")]
    ),
    ReasonEntry(
      "axisNotCovered",
      .problem,
      "the scanner does not scan all wavelengths that the bundle needs",
      [
        .say("Give the scanner a scan configuration that reaches over the bundle's window."),
        .say(
          "Its window stands in the bundle's bundle.json; its maker's program sets the scanner."
        ),
      ]
    ),
    ReasonEntry(
      "sensorMissing",
      .problem,
      "the scanner delivers no temperature or no humidity, which the bundle needs",
      [replug, service]
    ),
    ReasonEntry(
      "nonFinite",
      .problem,
      "the last scan has wavelengths without a value",
      [.say("Measure the white standard again:"), measureReference]
    ),
    ReasonEntry(
      "noBundle",
      .problem,
      "the daemon has no model bundle, so it answers nothing",
      [
        .say("See which are installed, then load one:"), .type("spectractl bundle list"),
        .type("spectractl bundle load NAME"),
      ]
    ),
    ReasonEntry(
      "ringFull",
      .hint,
      "scans were lost because this machine is too slow for so many scanners",
      [.say("End other programs, or use fewer scanners:"), .type("top")]
    ),
  ]

  /// Why an answer is doubtful or missing.
  static let answer: [ReasonEntry] = [
    ReasonEntry(
      "flatSpectrum",
      .hint,
      "the sample's spectrum has no shape",
      [.say("Check that a sample lies on the window.")]
    ),
    ReasonEntry(
      "scatterDegenerate",
      .hint,
      "the spectrum is nothing like those that the bundle was made for",
      [.say("Check that the right sample lies on the window, and that the bundle is for it.")]
    ),
    ReasonEntry(
      "outsideCalibration",
      .hint,
      "the sample is unlike those that the bundle was trained on, so there is no answer",
      [.say("Check the sample, the window and the reference; then ask who made the bundle.")]
    ),
    ReasonEntry(
      "lowConfidence",
      .hint,
      "no class is probable enough for an answer",
      [.say("Let more scans of the sample be made.")]
    ),
  ]
}
