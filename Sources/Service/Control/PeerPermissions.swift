import Glibc
import Synchronization

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
  package var readGroup: String?
  /// The group whose members may control as well; nil for root and the daemon's own user alone.
  package var controlGroup: String?

  /// Makes permissions from the two groups' names.
  package init(readGroup: String?, controlGroup: String?) {
    (self.readGroup, self.controlGroup) = (readGroup, controlGroup)
  }

  /// Whether a process of `user` that belongs to `groups` has the permission.
  ///
  /// Whoever may control may read.
  package func allows(_ permission: Permission, user: UInt32, groups: [UInt32]) -> Bool {
    if user == 0 || user == geteuid() { return true }
    if isMember(groups, of: controlGroup) { return true }
    return permission == .read && (readGroup == nil || isMember(groups, of: readGroup))
  }

  /// The group that has the permission, for an error's text.
  package func group(for permission: Permission) -> String? {
    permission == .read ? readGroup : controlGroup
  }

  private func isMember(_ groups: [UInt32], of name: String?) -> Bool {
    guard let name, let identifier = PeerPermissions.groupIdentifier(name) else { return false }
    return groups.contains(identifier)
  }

  /// The number of the group called `name`; asked anew each time, since groups are made later.
  private static func groupIdentifier(_ name: String) -> UInt32? {
    var entry = group()
    var found: UnsafeMutablePointer<group>?
    var buffer = [CChar](repeating: 0, count: 64 << 10)
    // SAFETY: all three live until the call returns; only the number is used afterwards.
    let status = unsafe getgrnam_r(name, &entry, &buffer, buffer.count, &found)
    guard status == 0, unsafe found != nil else { return nil }
    return unsafe entry.gr_gid
  }
}
