package import Acquisition

/// What an administrator decided: the checked values of all configuration keys.
package struct DaemonConfiguration: Sendable {
  /// The scanners to read, at most `Limits.scanners`, none twice.
  package var sources: [ScannerAddress] = []
  /// Whether scans follow each other or wait for a request.
  package var mode = AcquisitionOptions.Mode.continuous
  /// How often a running scan's status is asked for, in milliseconds.
  package var statusPollMilliseconds = 100
  /// Accepted scans after which a sample ends.
  package var scansPerSample = 60
  /// Seconds without a scan after which a sample ends.
  package var silenceSeconds = 30.0
  /// The folder of the model bundle, or nil to run without one.
  package var bundlePath: String?
  /// The path of the prediction socket.
  package var predictionSocketPath = ""
  /// The permission bits of the prediction socket.
  package var predictionSocketMode: UInt32 = 0o660
  /// Lines kept for a client that does not read.
  package var clientQueueLines = 1024
  /// Seconds between heartbeats.
  package var heartbeatSeconds = 15.0
  /// The folder that every decoded scan is recorded in, or nil to record nothing.
  package var recordingFolder: String?
  /// The least severe level that is logged.
  package var logLevel = "info"

  /// Makes a configuration that reads nothing and publishes nowhere, for tests to fill in.
  package init() {}
}

extension DaemonConfiguration {
  var acquisitionOptions: AcquisitionOptions {
    var options = AcquisitionOptions()
    options.mode = mode
    options.statusPollInterval = .milliseconds(statusPollMilliseconds)
    return options
  }

  var sampleEnd: PipelineStage.SampleEnd {
    PipelineStage.SampleEnd(
      scans: scansPerSample,
      silenceNanoseconds: UInt64(silenceSeconds * 1e9)
    )
  }
}
