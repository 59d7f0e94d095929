/// What the store keeps and for how long.
package struct StoreSettings: Equatable, Sendable {
  /// Events older than this are deleted; nil keeps them whatever their age.
  package var ageDaysMax: Double?
  /// The oldest events are deleted when the store grows beyond so many bytes.
  package var bytesMax: Int64
  /// Events that wait to be written, at most; the oldest are given up and counted.
  package var queuedEventsMax = 8_192

  /// Makes settings from the two limits that an administrator decides.
  package init(ageDaysMax: Double?, bytesMax: Int64) {
    (self.ageDaysMax, self.bytesMax) = (ageDaysMax, bytesMax)
  }
}
