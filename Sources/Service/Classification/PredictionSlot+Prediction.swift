import Spectra
import Streaming

extension Prediction {
  /// Gives the numbers of a slot their names; done off the hot path, since it allocates.
  ///
  /// `bundle` is the one of the slot's generation, nil when there was none. The latency is left
  /// nil: whoever queues the line knows it.
  init(_ slot: borrowing PredictionSlot, scanner: String, bundle: ModelBundle?) {
    let header = slot.header
    var targets: [TargetPrediction] = []
    for index in 0..<header.targetCount {
      guard let target = bundle?.targets[index] else { continue }
      let chosen = slot.classIndices[index]
      targets.append(
        TargetPrediction(
          name: target.name,
          classes: target.classes,
          probabilities: (0..<slot.classCounts[index]).map {
            slot.probability(ofClass: $0, target: index)
          },
          classIndex: chosen < 0 ? nil : chosen,
          reasons: slot.answerReasons[index]
        )
      )
    }
    self.init(
      time: header.time,
      scanner: scanner,
      sample: header.sampleName.text,
      sampleId: header.sampleIdentity.text,
      scans: header.scansCount,
      final: header.isFinal,
      temperatureCelsius: header.temperatureCelsius,
      relativeHumidityPercent: header.relativeHumidityPercent,
      referenceKind: header.referenceKind,
      referenceAgeSeconds: header.referenceAgeSeconds,
      targets: targets,
      accepted: header.isAccepted,
      qualityReasons: header.qualityReasons,
      latencyMicroseconds: nil,
      demonstration: bundle?.isDemonstration ?? false,
      bundle: bundle?.label
    )
  }
}

extension Scan {
  /// The values of a decoded scan, as a recording keeps them.
  init(_ frame: borrowing ScanFrame, sample: String) {
    self.init()
    let header = frame.header
    let points = 0..<header.pointCount
    time = header.time
    self.sample = sample
    sampleSignal = points.map { frame.sampleSignal[$0] }
    if header.referenceKind == .none {
      absorbance = points.map { frame.absorbance[$0] }
    } else {
      referenceSignal = points.map { frame.referenceSignal[$0] }
    }
    temperatureCelsius = header.temperatureCelsius
    detectorTemperatureCelsius = header.detectorTemperatureCelsius
    relativeHumidityPercent = header.relativeHumidityPercent
    lampPhotodiode = Int(header.lampPhotodiode)
    gain = Int(header.gain)
    repeats = Int(header.repeats)
    deviceTime = header.deviceTime
    scanIndex = header.scanIndex
  }
}
