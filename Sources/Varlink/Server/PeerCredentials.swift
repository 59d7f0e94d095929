import Glibc

/// The process that connected, as the kernel knew it when it did.
package struct PeerCredentials: Equatable, Sendable {
  /// The process.
  package var processId: Int32
  /// Its effective user.
  package var userId: UInt32
  /// Its effective group.
  package var groupId: UInt32
  /// Its supplementary groups.
  package var groups: [UInt32]

  /// Makes the credentials of a process.
  package init(processId: Int32, userId: UInt32, groupId: UInt32, groups: [UInt32]) {
    (self.processId, self.userId) = (processId, userId)
    (self.groupId, self.groups) = (groupId, groups)
  }

  /// Whether the process is a member of the group.
  package func isMember(ofGroup group: UInt32) -> Bool {
    groupId == group || groups.contains(group)
  }

  /// The number of a group; nil when the system does not know the name.
  ///
  /// Asks the system's databases and may wait for them: not to be called on an event loop.
  package static func groupId(named name: String) -> UInt32? {
    var record = unsafe group()
    var text = [CChar](repeating: 0, count: 1 << 16)
    var found: UnsafeMutablePointer<group>?
    // SAFETY: the record, its text and the result outlive the call, which writes nothing else.
    let status = unsafe getgrnam_r(name, &record, &text, text.count, &found)
    return unsafe status == 0 && found != nil ? record.gr_gid : nil
  }

  /// Asks the kernel who is at the other end; nil when it does not tell.
  init?(ofSocket descriptor: CInt) {
    // struct ucred, which Glibc's module does not have.
    var credentials: (pid: Int32, uid: UInt32, gid: UInt32) = (0, 0, 0)
    var size = socklen_t(MemoryLayout.size(ofValue: credentials))
    // SAFETY: the call writes at most `size` bytes into the tuple, which has ucred's layout.
    let status = unsafe getsockopt(descriptor, SOL_SOCKET, SO_PEERCRED, &credentials, &size)
    guard status == 0 else { return nil }
    guard let groups = PeerCredentials.groups(ofSocket: descriptor) else { return nil }
    self.init(
      processId: credentials.pid,
      userId: credentials.uid,
      groupId: credentials.gid,
      groups: groups
    )
  }

  private static func groups(ofSocket descriptor: CInt) -> [UInt32]? {
    // The kernel says ERANGE and how many bytes there are when the array is too small.
    var groups = [UInt32](repeating: 0, count: 64)
    for _ in 0..<2 {
      var size = socklen_t(groups.count * MemoryLayout<UInt32>.size)
      // SAFETY: the call writes at most `size` bytes into the array.
      if unsafe getsockopt(descriptor, SOL_SOCKET, SO_PEERGROUPS, &groups, &size) == 0 {
        return Array(groups.prefix(Int(size) / MemoryLayout<UInt32>.size))
      }
      guard errno == ERANGE else { return nil }
      groups = [UInt32](repeating: 0, count: Int(size) / MemoryLayout<UInt32>.size)
    }
    return nil
  }
}
