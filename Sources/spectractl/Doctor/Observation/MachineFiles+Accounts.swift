extension MachineFiles {
  /// Who this process belongs to, and what the tables of users and groups say of them.
  package var account: AccountFacts {
    let status = text("/proc/self/status") ?? ""
    let userID = numbers(of: "Uid:", in: status).dropFirst().first ?? 0
    var groupIDs = Set(numbers(of: "Groups:", in: status))
    if let group = numbers(of: "Gid:", in: status).dropFirst().first { groupIDs.insert(group) }
    let user = rows("/etc/passwd").first { $0.count > 3 && UInt32($0[2]) == userID }
    let name = user?[0] ?? String(userID)
    let group = rows("/etc/group").first { $0.count > 3 && $0[0] == AccountFacts.groupName }
    let groupID = group.flatMap { UInt32($0[2]) }
    let members = group?[3].split(separator: ",").map(String.init) ?? []
    let isPrimary = groupID != nil && user.flatMap { UInt32($0[3]) } == groupID
    return AccountFacts(
      name: name,
      userID: userID,
      groupIDs: groupIDs,
      scannerGroupID: groupID,
      isListedAsMember: members.contains(name) || isPrimary
    )
  }

  /// The running programs of the name `spectrad`.
  package var daemonProcesses: [Int32] {
    (names(in: "/proc") ?? []).compactMap { Int32($0) }.filter {
      word("/proc/\($0)/comm") == "spectrad"
    }
    .sorted()
  }

  /// Whether systemd knows the service.
  package var isServiceInstalled: Bool {
    ["/etc", "/run", "/usr/local/lib", "/usr/lib", "/lib"].contains {
      exists($0 + "/systemd/system/spectrad.service")
    }
  }

  private func numbers(of key: String, in status: String) -> [UInt32] {
    let line = status.split(separator: "\n").first { $0.hasPrefix(key) } ?? ""
    return line.dropFirst(key.count).split(whereSeparator: \.isWhitespace).compactMap { UInt32($0) }
  }

  private func rows(_ path: String) -> [[String]] {
    (text(path) ?? "").split(separator: "\n").map { line in
      line.split(separator: ":", omittingEmptySubsequences: false).map(String.init)
    }
  }
}
