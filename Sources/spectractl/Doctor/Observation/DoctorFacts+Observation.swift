import Acquisition
import Chemometrics
import Service
import Spectra

extension DoctorFacts {
  /// How long a USB/IP server may take to answer.
  private static let serverTime = Duration.seconds(2)

  /// Looks at everything once: the machine's files, the servers, the daemon's socket, the bundle.
  static func observe(
    _ machine: MachineFiles,
    configuration: Result<DaemonConfiguration, ConfigurationErrors>
  ) -> DoctorFacts {
    let values = (try? configuration.get()) ?? DaemonConfiguration()
    let daemon = DaemonFacts(
      processes: machine.daemonProcesses,
      isServiceInstalled: machine.isServiceInstalled,
      socket: values.predictionSocketPath.isEmpty
        ? .missing : .listening(at: values.predictionSocketPath)
    )
    var facts = DoctorFacts(
      configuration: configuration,
      usb: machine.usb,
      rule: machine.rule,
      account: machine.account,
      servers: servers(values),
      daemon: daemon,
      references: [:],
      bundle: bundle(values.bundleInUsePath),
      observedAt: .now()
    )
    for scanner in facts.stream?.scanners ?? [] {
      facts.references[scanner.name] = reference(of: scanner.name, in: values.referenceFolder)
    }
    return facts
  }

  private static func servers(_ values: DaemonConfiguration) -> [ServerFacts] {
    values.sources.compactMap { source in
      guard case .usbip(let address) = source else { return nil }
      do throws(AcquisitionError) {
        let busIDs = try USBIPDeviceList.busIDs(of: address.endpoint, within: serverTime)
        return ServerFacts(address: address, busIDs: .success(busIDs))
      } catch {
        return ServerFacts(address: address, busIDs: .failure(error))
      }
    }
  }

  private static func reference(of serialNumber: String, in folder: String) -> ReferenceState {
    do throws(ReferenceStoreError) {
      let store = FileReferenceStore(folder: folder)
      return try store.load(serialNumber: serialNumber).map { .measured($0.time) } ?? .missing
    } catch {
      return .unusable(error.description)
    }
  }

  private static func bundle(_ folder: String?) -> BundleState {
    guard let folder else { return .notConfigured }
    do throws(BundleError) {
      // The golden cases are replayed, as the daemon does.
      let bundle = try BundleClassifier(try BundleLoader.load(folder: folder)).bundle
      return .good(
        label: bundle.label,
        sha256: bundle.digest,
        isDemonstration: bundle.isDemonstration,
        reference: bundle.gates.referenceKind
      )
    } catch {
      return .refused(error.description)
    }
  }
}
