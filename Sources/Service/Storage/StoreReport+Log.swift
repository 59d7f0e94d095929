import Logging
import Store

extension Logger {
  /// Tells an operator what the store reported.
  func tell(_ report: StoreReport) {
    switch report {
    case .unavailable, .cannotReserve: tell(.storeUnavailable, "\(report)")
    case .setAside: tell(.storeSetAside, "\(report)")
    case .cannotWrite(let error):
      tell(error.isFullDisk ? .storeFull : .storeUnavailable, "\(report)")
    case .queueFull: tell(.storeUnavailable, "\(report)")
    case .writesAgain: tell(.storeRecovered, "\(report)")
    case .crashGap(let numbers):
      warning(
        "\(report)",
        metadata: ["sequence": "\(numbers.lowerBound)", "lastSequence": "\(numbers.upperBound)"]
      )
    // Told when the clients are.
    case .streamChanged: break
    }
  }
}
