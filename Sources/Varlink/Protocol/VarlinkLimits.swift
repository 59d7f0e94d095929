/// What a client may ask of a server; beyond it the connection ends.
package struct VarlinkLimits: Sendable {
  /// Bytes of one call at most, the NUL behind it not counted.
  ///
  /// Calls that wait for the one that is being answered have as much again; then the client has to
  /// wait until it is read from.
  package var callBytesMax = 64 << 10
  /// Objects and arrays inside each other in one call at most.
  package var depthMax = 32

  /// Makes the limits of the daemon.
  package init() {}
}
