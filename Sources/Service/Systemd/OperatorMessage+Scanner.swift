extension OperatorMessage {
  /// Which event a scanner's new state is; nil where an operator need not know.
  ///
  /// - Parameters:
  ///   - state: connecting, ready or disconnected.
  ///   - reason: the stable name of why, such as `noPermission`.
  /// - Returns: the message to log the state with.
  package static func scannerChanged(state: String, reason: String?) -> OperatorMessage? {
    switch (state, reason) {
    case ("ready", nil): .scannerReady
    // It goes on, though something is wrong with it.
    case ("ready", .some): .scannerUnhealthy
    // Somebody chose not to read it.
    case ("disconnected", "scannerNotConfigured"): nil
    case ("disconnected", let reason?):
      refusals.contains(reason) ? .scannerRefused : .scannerLost
    // It is being connected, or its thread was told to end.
    default: nil
    }
  }

  /// Why a scanner that is there is not read: somebody has to change something.
  private static let refusals: Set<String> = [
    "noPermission", "inUse", "openingFailed", "usbUnavailable", "wrongDevice", "importRefused",
    "tooManyScanners", "previousConnectionOpen",
  ]
}
