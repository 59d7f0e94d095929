extension ReasonEntry {
  /// What is wrong with a scanner that was reached.
  static let scanner: [ReasonEntry] = conversation + health

  private static let conversation: [ReasonEntry] = [
    ReasonEntry("timeout", .problem, "the scanner did not answer in time", [replug, anotherCable]),
    ReasonEntry(
      "protocolError",
      .problem,
      "what the scanner sent is no answer to what it was asked",
      [.say("End other programs that use the scanner."), replug]
    ),
    ReasonEntry(
      "commandFailed",
      .problem,
      "the scanner refused a command",
      [replug, .say("If it stays so, its firmware may be too old: TI's is to be 2.1.0 or later.")]
    ),
    ReasonEntry(
      "busy",
      .hint,
      "a telephone is connected to the scanner, which serves it first",
      [.say("End the telephone's program, or switch its Bluetooth off.")]
    ),
    ReasonEntry(
      "scanFailed",
      .hint,
      "the scanner ended its last scan with an error; that scan is not used",
      [.say("If it happens again and again:"), replug, .say("The log names the part:"), log]
    ),
    ReasonEntry(
      "scanFileInvalid",
      .hint,
      "the data of the last scan were damaged; that scan is not used",
      [.say("If it happens again and again:"), anotherCable, .say("The log says more:"), log]
    ),
  ]

  private static let health: [ReasonEntry] = [
    ReasonEntry("lampFault", .problem, "the lamp does not light", [replug, service]),
    ReasonEntry(
      "lampWeak",
      .problem,
      "the lamp gives less than half of the light that it gave when the scanner was made",
      [.say("Let the scanner warm up for ten minutes."), service]
    ),
    ReasonEntry("detectorFault", .problem, "the detector failed", [replug, service]),
    ReasonEntry(
      "gainFailure",
      .problem,
      "the scanner could not set its gain, so its scans have no values",
      [.say("Check that the sample covers the window."), replug, service]
    ),
    ReasonEntry(
      "temperatureSensorFault",
      .hint,
      "the sensor of the detector's temperature failed",
      [replug, service]
    ),
    ReasonEntry(
      "humiditySensorFault",
      .hint,
      "the sensor of temperature and humidity failed, which models need",
      [replug, service]
    ),
    ReasonEntry(
      "clockUnset",
      .hint,
      "the scanner's clock does not keep the time; predictions carry this machine's time",
      [.say("Nothing has to be done; the scanner may have been reset or switched off.")]
    ),
    ReasonEntry(
      "hibernationOn",
      .hint,
      "the scanner goes to sleep when it is idle, although it was told not to",
      [.say("If it stops answering, press its button or plug it in again.")]
    ),
    ReasonEntry(
      "signalUnstable",
      .hint,
      "the scanner found its lamp or its signal unstable",
      [.say("Keep the sample still and let the scanner warm up for ten minutes."), service]
    ),
  ]
}
