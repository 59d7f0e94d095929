package import Spectra
import Streaming

/// Classifies a recording without a daemon: the same arithmetic, the same lines.
package struct RecordingClassifier: ~Copyable {
  private let bundle: ModelBundle
  private let scanner: String
  private var sample: SampleInProgress
  private var frame = ScanFrame()
  private var slot = PredictionSlot()

  /// Prepares for scans of `scanner`, answered by `classifier`.
  package init(_ classifier: BundleClassifier, scanner: String) {
    bundle = classifier.bundle
    self.scanner = scanner
    sample = SampleInProgress(bundleGeneration: 1, classifier: classifier)
  }

  /// Passes a provisional prediction after each scan and a final one after each sample to `publish`.
  ///
  /// `number` is the sample's place in the recording, from 1: its name where it has none.
  package mutating func classify(
    _ recorded: RecordedSample,
    number: Int,
    of recording: Recording,
    publish: (Prediction) -> Void
  ) {
    for index in recorded.scans {
      let scan = recording.scans[index]
      frame.load(scan, wavelengthsNanometres: recording.wavelengthsNanometres)
      if !sample.isOpen {
        let name = recorded.name.flatMap(SampleName.init) ?? SampleName(String(number))
        sample.begin(at: frame.header.time, name: name ?? SampleName())
      }
      sample.add(frame, hasSignals: scan.sampleSignal != nil, answerInto: &slot)
      publish(Prediction(slot, scanner: scanner, bundle: bundle))
    }
    guard sample.isOpen else { return }
    sample.end(
      at: frame.header.time,
      monotonicNanoseconds: nil,
      lastScan: frame.header,
      answerInto: &slot
    )
    publish(Prediction(slot, scanner: scanner, bundle: bundle))
  }
}
