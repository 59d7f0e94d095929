package import Acquisition
import Chemometrics
package import Spectra

/// What an administrator decided: the checked values of all configuration keys.
package struct DaemonConfiguration: Sendable {
  /// The scanners to read, none twice; of those on servers at most `Limits.scanners`.
  package var sources: [ScannerSource] = []
  /// Whether scans follow each other or wait for a request.
  package var mode = AcquisitionOptions.Mode.continuous
  /// How often a running scan's status is asked for, in milliseconds.
  package var statusPollMilliseconds = 100
  /// Accepted scans after which a sample ends.
  package var scansPerSample = 60
  /// Seconds without a scan after which a sample ends.
  package var silenceSeconds = 30.0
  /// The folder of the model bundle, or nil for the selected one.
  package var bundlePath: String?
  /// The folder of the installed bundles.
  package var bundleFolder = ""
  /// How many threads share the work of one network.
  package var networkThreads = 1
  /// The path of the prediction socket.
  package var predictionSocketPath = ""
  /// The permission bits of the prediction socket.
  package var predictionSocketMode: UInt32 = 0o660
  /// Lines kept for a client that does not read.
  package var clientQueueLines = 1024
  /// Seconds between heartbeats.
  package var heartbeatSeconds = 15.0
  /// The path of the Varlink socket, or nil for none.
  package var controlSocketPath: String?
  /// The permission bits of the Varlink socket.
  package var controlSocketMode: UInt32 = 0o666
  /// The group whose members may read; nil for everybody.
  package var readGroup: String?
  /// The group whose members may control; nil for nobody but root and the daemon's own user.
  package var controlGroup: String?
  /// The folder of the store, or nil to keep nothing.
  package var storeFolder: String?
  /// Days after which stored events are deleted; nil for never.
  package var storeAgeDaysMax: Double?
  /// MiB beyond which the oldest stored events are deleted.
  package var storeMebibytesMax = 4_096
  /// Which reference is preferred where a scanner has both; nil for the bundle's kind.
  package var preferredReference: ReferenceKind?
  /// The folder that keeps the references that users measured.
  package var referenceFolder = ""
  /// Hours after which a measured reference is too old; nil for never.
  package var referenceAgeHoursMax: Double?
  /// The folder that every decoded scan is recorded in, or nil to record nothing.
  package var recordingFolder: String?
  /// The least severe level that is logged.
  package var logLevel = "info"

  /// Makes a configuration that reads nothing and publishes nowhere, for tests to fill in.
  package init() {}
}

extension DaemonConfiguration {
  /// The folder of the bundle that a start uses: the configured, else the selected one, else none.
  package var bundleInUsePath: String? {
    let installed = InstalledBundles(folder: bundleFolder)
    return bundlePath ?? installed.selectedName.map { installed.path(of: $0) }
  }

  /// How scanners are driven for scans that `bundle` answers, or nobody.
  func acquisitionOptions(for bundle: ModelBundle?) -> AcquisitionOptions {
    var options = AcquisitionOptions()
    options.mode = mode
    options.statusPollInterval = .milliseconds(statusPollMilliseconds)
    options.preferredReference = preferredReference ?? bundle?.gates.referenceKind ?? .factory
    return options
  }

  var sampleEnd: PipelineStage.SampleEnd {
    PipelineStage.SampleEnd(
      scans: scansPerSample,
      silenceNanoseconds: UInt64(silenceSeconds * 1e9)
    )
  }
}
