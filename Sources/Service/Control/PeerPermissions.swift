import Glibc
package import Varlink

/// Who may read and who may control over the Varlink socket.
///
/// The kernel tells the user and the groups of a process that connects; nothing that the process
/// says counts. A group that does not exist has no members.
package struct PeerPermissions: Sendable {
  /// What a method needs.
  package enum Permission: String, Sendable {
    case read, control
  }

  /// The group whose members may read; nil for everybody.
  private let readGroup: String?
  /// The group whose members may control as well.
  private let controlGroup: String?
  private let readGroupId: UInt32?
  private let controlGroupId: UInt32?

  /// Asks the system for both groups, and may wait for it; nil is everybody for reading and nobody
  /// but root and the daemon's own user for controlling.
  package init(readGroup: String?, controlGroup: String?) {
    (self.readGroup, self.controlGroup) = (readGroup, controlGroup)
    readGroupId = readGroup.flatMap { PeerCredentials.groupId(named: $0) }
    controlGroupId = controlGroup.flatMap { PeerCredentials.groupId(named: $0) }
  }

  /// Whether a process has the permission; whoever may control may read.
  package func allows(_ permission: Permission, _ peer: PeerCredentials) -> Bool {
    if peer.userId == 0 || peer.userId == geteuid() { return true }
    if let controlGroupId, peer.isMember(ofGroup: controlGroupId) { return true }
    guard permission == .read else { return false }
    return readGroup == nil || readGroupId.map { peer.isMember(ofGroup: $0) } ?? false
  }

  /// What a peer without the permission is told, or nil when it has it.
  package func refusal(of permission: Permission, to peer: PeerCredentials) -> SpectradFailure? {
    guard !allows(permission, peer) else { return nil }
    let group = permission == .read ? readGroup : controlGroup
    return .notPermitted(permission: permission.rawValue, group: group)
  }
}
