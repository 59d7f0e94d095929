extension ReasonEntry {
  /// What is wrong with the white reference.
  static let reference: [ReasonEntry] = [
    ReasonEntry(
      "referenceInvalid",
      .problem,
      "the reference cannot be read, so scans have no absorbance",
      [replug, .say("If it stays so, put the white standard on the window:"), measureReference]
    ),
    ReasonEntry(
      "referenceStoreFailed",
      .problem,
      "the measured reference cannot be loaded or stored",
      [
        .say("The daemon must be able to write its folder, and the disk must have room:"),
        .type("ls -ld /var/lib/spectrad/references"), .type("df -h /var/lib"),
      ]
    ),
    ReasonEntry(
      "referenceGainFailure",
      .hint,
      "the new reference was refused because the scanner could not set its gain",
      [.say("Put the white standard on the window and measure again:"), measureReference]
    ),
    ReasonEntry(
      "referenceSaturated",
      .hint,
      "the new reference was refused because it was too bright",
      [.say("Use the white standard, no mirror and no second lamp, again:"), measureReference]
    ),
    ReasonEntry(
      "referenceTooDark",
      .hint,
      "the new reference was refused because there was too little light",
      [
        .say("Put the white standard close on the clean window and measure again:"),
        measureReference,
      ]
    ),
    ReasonEntry(
      "referenceWithoutSerialNumber",
      .hint,
      "a reference cannot be measured because the scanner has no serial number",
      [.say("Use the factory's: write REFERENCE_KIND=factory, then:"), restart]
    ),
    ReasonEntry(
      "referenceMissing",
      .problem,
      "there is no white reference, so scans have no absorbance",
      [.say("Put the white standard on the window, then:"), measureReference]
    ),
    ReasonEntry(
      "referenceMismatch",
      .problem,
      "the reference is of another kind than the bundle was trained with",
      [
        .say("For a bundle of kind user, put the white standard on the window:"), measureReference,
        .say("For a bundle of kind factory, write REFERENCE_KIND=bundle, then:"), restart,
      ]
    ),
    ReasonEntry(
      "referenceStale",
      .problem,
      "the measured reference is older than the configuration allows",
      [.say("Put the white standard on the window and measure again:"), measureReference]
    ),
  ]
}
