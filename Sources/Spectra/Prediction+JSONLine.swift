extension JSONLine {
  /// Adds the answers of a prediction as the member `targets`, one object for each target.
  ///
  /// `class` is null when the daemon abstains; `probabilities` is empty when there is no estimate.
  package mutating func addTargets(_ targets: [TargetPrediction]) {
    addObjects("targets", targets) { object, target in
      object.add("name", target.name)
      object.add("class", target.classIndex.map { target.classes[$0] })
      object.addObject("probabilities") { probabilities in
        for (name, probability) in zip(target.classes, target.probabilities) {
          probabilities.add(name, probability)
        }
      }
      object.add("reasons", target.reasons.names)
    }
  }

  /// Adds the member `quality`: whether the scan entered the estimate, and what is wrong with it.
  package mutating func addQuality(accepted: Bool, reasons: QualityReasons) {
    addObject("quality") { quality in
      quality.add("accepted", accepted)
      quality.add("reasons", reasons.names)
    }
  }
}
