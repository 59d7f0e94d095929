import Spectra

/// One key of the configuration: its name, its default, and what it means to an administrator.
package struct ConfigurationKey: Sendable {
  /// The dotted name used on the command line (`--set sample.scans=60`).
  package let name: String
  /// The value when no layer gives one, as it would be written in the file.
  package let defaultText: String
  /// What the key does, its unit and its range.
  package let meaning: String

  /// The name in the configuration file: `sample.silenceSeconds` is `SAMPLE_SILENCE_SECONDS`.
  package var fileName: String {
    var result = ""
    for character in name {
      if character == "." {
        result.append("_")
      } else if character.isUppercase {
        result += "_" + String(character)
      } else {
        result += character.uppercased()
      }
    }
    return result
  }

  /// Every key there is, in the order in which `--check-config` prints them.
  package static let all: [ConfigurationKey] = [
    ConfigurationKey(
      name: "scanner.sources",
      defaultText: "usb",
      meaning:
        "scanners to read, separated by commas, at most \(maximumScanners): usb (all on this "
        + "machine), usb:NAME (that serial number or port), usbip://HOST:PORT/BUSID or "
        + "usbip+unix:///PATH/BUSID"
    ),
    ConfigurationKey(
      name: "acquisition.mode",
      defaultText: "continuous",
      meaning: "continuous (scan after scan) or onRequest (only when asked)"
    ),
    ConfigurationKey(
      name: "acquisition.statusPollMilliseconds",
      defaultText: "100",
      meaning: "how often a running scan's status is asked for, 0 to 1000"
    ),
    ConfigurationKey(
      name: "sample.scans",
      defaultText: "60",
      meaning: "accepted scans after which a sample ends, 1 to 1024"
    ),
    ConfigurationKey(
      name: "sample.silenceSeconds",
      defaultText: "30",
      meaning: "seconds without a scan after which a sample ends, 0.05 to 86400"
    ),
    ConfigurationKey(
      name: "bundle.path",
      defaultText: "",
      meaning: "folder of the model bundle; empty uses the one that `spectractl bundle load` "
        + "selected, or none"
    ),
    ConfigurationKey(
      name: "bundle.folder",
      defaultText: "/var/lib/spectrad/bundles",
      meaning: "folder of the bundles that `spectractl bundle install` put there"
    ),
    ConfigurationKey(
      name: "network.threads",
      defaultText: "1",
      meaning: "threads that share the work of each network, 1 to \(Limits.networkThreads)"
    ),
    ConfigurationKey(
      name: "predictions.socket",
      defaultText: "/run/spectrad/predictions.sock",
      meaning: "path of the prediction socket"
    ),
    ConfigurationKey(
      name: "predictions.socketMode",
      defaultText: "0660",
      meaning: "permission bits of the prediction socket, octal"
    ),
    ConfigurationKey(
      name: "predictions.queueLines",
      defaultText: "1024",
      meaning: "lines kept for a client that does not read, 16 to 65536"
    ),
    ConfigurationKey(
      name: "predictions.heartbeatSeconds",
      defaultText: "15",
      meaning: "seconds between heartbeats, 0.05 to 20"
    ),
    ConfigurationKey(
      name: "control.socket",
      defaultText: "/run/spectrad/io.spectrad",
      meaning: "path of the Varlink socket; empty offers none"
    ),
    ConfigurationKey(
      name: "control.socketMode",
      defaultText: "0666",
      meaning: "permission bits of the Varlink socket, octal; who may do what is decided by groups"
    ),
    ConfigurationKey(
      name: "control.readGroup",
      defaultText: "spectrad-read",
      meaning: "group whose members may read over the Varlink socket; empty lets everybody"
    ),
    ConfigurationKey(
      name: "control.controlGroup",
      defaultText: "spectrad-control",
      meaning: "group whose members may also control; root and the daemon's own user always may"
    ),
    ConfigurationKey(
      name: "store.folder",
      defaultText: "/var/lib/spectrad/store",
      meaning: "folder that keeps scans, predictions and labels; empty keeps nothing"
    ),
    ConfigurationKey(
      name: "store.maximumAgeDays",
      defaultText: "0",
      meaning: "days after which stored events are deleted, 0.01 to 36500; 0 is never"
    ),
    ConfigurationKey(
      name: "store.maximumMebibytes",
      defaultText: "4096",
      meaning: "MiB beyond which the oldest stored events are deleted, 16 to 1048576"
    ),
    ConfigurationKey(
      name: "reference.kind",
      defaultText: "bundle",
      meaning: "the white reference to prefer: factory, user (measured here) or bundle (the kind "
        + "that the bundle was trained with)"
    ),
    ConfigurationKey(
      name: "reference.folder",
      defaultText: "/var/lib/spectrad/references",
      meaning: "folder that keeps the references that users measured, one file for each scanner"
    ),
    ConfigurationKey(
      name: "reference.maximumAgeHours",
      defaultText: "24",
      meaning: "hours after which a measured reference is too old for scans to be accepted, 0.01 "
        + "to 87600; 0 is never"
    ),
    ConfigurationKey(
      name: "recording.folder",
      defaultText: "",
      meaning: "folder that every decoded scan is recorded in, one *.scans.ndjson for each scanner "
        + "and start; empty records nothing"
    ),
    ConfigurationKey(
      name: "log.level",
      defaultText: "info",
      meaning: "debug, info, notice, warning or error"
    ),
  ]

  private static let maximumScanners = 16

  /// The keys that a reload brings into force; the others wait for the next start.
  private static let reloadable: Set<String> = [
    "scanner.sources", "acquisition.mode", "acquisition.statusPollMilliseconds", "sample.scans",
    "sample.silenceSeconds", "bundle.path", "bundle.folder", "reference.kind",
    "reference.maximumAgeHours", "control.readGroup", "control.controlGroup", "log.level",
  ]

  /// Whether a reload brings a changed value into force.
  package var isReloadable: Bool { ConfigurationKey.reloadable.contains(name) }

  /// The keys whose values differ between two configurations, in the order of `all`.
  package static func changed(
    from old: DaemonConfiguration,
    to new: DaemonConfiguration
  ) -> [ConfigurationKey] {
    let texts = zip(ConfigurationValues.texts(of: old), ConfigurationValues.texts(of: new))
    return zip(all, texts).filter { $1.0 != $1.1 }.map { $0.0 }
  }
}
