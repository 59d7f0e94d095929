package import Acquisition

/// What sysfs and the device nodes show, without opening anything.
package struct USBFacts: Sendable {
  /// Whether this machine, or the container around us, shows a USB bus at all.
  package var isBusVisible: Bool
  /// Why the kernel's announcements of devices cannot be heard, an errno; nil when they can.
  package var announcementsError: Int32?
  /// The scanners, sorted by port.
  package var scanners: [USBScannerFacts]

  /// Makes the facts from their parts.
  package init(isBusVisible: Bool, announcementsError: Int32?, scanners: [USBScannerFacts]) {
    self.isBusVisible = isBusVisible
    (self.announcementsError, self.scanners) = (announcementsError, scanners)
  }
}

/// One scanner on this machine's USB.
package struct USBScannerFacts: Sendable {
  /// Where it is plugged in.
  package var attachment: USBAttachment
  /// Its device node; nil when there is none.
  package var node: NodeFacts?
  /// Who has it, as far as that can be seen from here.
  package var holder: USBNodeHolder?
  /// Whether a program has it, even if nobody can be named.
  package var isClaimedByProgram: Bool

  /// Makes the facts from their parts.
  package init(
    attachment: USBAttachment,
    node: NodeFacts?,
    holder: USBNodeHolder?,
    isClaimedByProgram: Bool
  ) {
    (self.attachment, self.node, self.holder) = (attachment, node, holder)
    self.isClaimedByProgram = isClaimedByProgram
  }
}

/// Who may use a device node.
package struct NodeFacts: Equatable, Sendable {
  /// The group that it belongs to.
  package var groupID: UInt32
  /// Its permission bits.
  package var mode: UInt32
  /// Whether this process may read and write it, whatever the reason.
  package var isOpenable: Bool

  /// Makes the facts from their parts.
  package init(groupID: UInt32, mode: UInt32, isOpenable: Bool) {
    (self.groupID, self.mode, self.isOpenable) = (groupID, mode, isOpenable)
  }
}

/// Who asks, and which groups that gives them.
package struct AccountFacts: Equatable, Sendable {
  /// The group that scanners belong to.
  package static let groupName = "spectrad"

  /// The user's name, or the number where there is no name.
  package var name: String
  /// The user's number; 0 is the administrator.
  package var userID: UInt32
  /// The groups of this process, which were set when the user logged in.
  package var groupIDs: Set<UInt32>
  /// The number of the group `spectrad`; nil when there is no such group.
  package var scannerGroupID: UInt32?
  /// Whether the list of groups has the user in it, in this session or not.
  package var isListedAsMember: Bool

  /// Makes the facts from their parts.
  package init(
    name: String,
    userID: UInt32,
    groupIDs: Set<UInt32>,
    scannerGroupID: UInt32?,
    isListedAsMember: Bool
  ) {
    (self.name, self.userID, self.groupIDs) = (name, userID, groupIDs)
    (self.scannerGroupID, self.isListedAsMember) = (scannerGroupID, isListedAsMember)
  }

  /// Whether it is the administrator, whom permissions do not concern.
  var isAdministrator: Bool { userID == 0 }
}
