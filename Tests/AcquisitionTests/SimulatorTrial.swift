import Acquisition
import Foundation
import Spectra
import Testing

@Test(.enabled(if: ProcessInfo.processInfo.environment["TRIAL_ADDRESS"] != nil))
func `trial`() throws {
  let address = try ScannerAddress(
    parsing: ProcessInfo.processInfo.environment["TRIAL_ADDRESS"] ?? ""
  )
  let observer = ScanObserver()
  var options = AcquisitionOptions()
  options.statusPollInterval = .zero
  let start = Date()
  let running = RunningAcquisition(address: address, options: options, receiver: observer)
  let done = observer.wait { $0.headers.count >= 1000 }
  print(done, observer.now.headers.count, Date().timeIntervalSince(start))
  print(observer.now.changes, observer.now.errors.map(\.description))
  print(observer.now.description as Any)
  print(observer.now.headers.first as Any, observer.now.headers.last as Any)
  print(
    observer.now.signals.first?.prefix(5) as Any,
    observer.now.references.first?.prefix(5) as Any
  )
  print(running.stop())
}
