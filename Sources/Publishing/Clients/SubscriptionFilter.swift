/// Which numbered lines a client wants; gaps, heartbeats and `bye` always come.
package struct SubscriptionFilter: Equatable, Sendable {
  /// Everything.
  package static let all = SubscriptionFilter()

  /// Only events about these scanners; nil for all.
  ///
  /// What is about no single scanner, a new bundle, is about each of them.
  package var scanners: Set<String>?
  /// Only these types; nil for all.
  package var types: Set<StreamObjectKind>?
  /// Of predictions only those that end a sample.
  package var finalOnly: Bool

  /// Makes a filter from its parts; without any it lets everything pass.
  package init(
    scanners: Set<String>? = nil,
    types: Set<StreamObjectKind>? = nil,
    finalOnly: Bool = false
  ) {
    (self.scanners, self.types, self.finalOnly) = (scanners, types, finalOnly)
  }

  /// Whether the client wants `line`.
  package func passes(_ line: NumberedLine) -> Bool {
    if line.kind == .gap { return true }
    if let types, !types.contains(line.kind) { return false }
    if let scanners, let scanner = line.scanner, !scanners.contains(scanner) { return false }
    return !finalOnly || line.kind != .prediction || line.isFinal
  }
}
