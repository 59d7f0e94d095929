import Acquisition
import Foundation
import Testing
import spectractl

@Suite struct DoctorObservationTests {
  @Test func `a scanner is found in sysfs with its node and its holder`() throws {
    let machine = try FakeMachine()
    try machine.plugIn()
    try machine.write("/sys/bus/usb/devices/1-1/idVendor", "1d6b\n")
    try machine.write("/sys/bus/usb/devices/1-1/idProduct", "0002\n")
    try machine.link("/sys/bus/usb/devices/1-2:1.0/driver", to: "../../../drivers/usbfs")
    try machine.write("/proc/4711/comm", "NIRscanNanoGUI\n")
    try machine.link("/proc/4711/fd/7", to: machine.root + "/dev/bus/usb/001/005")
    let usb = machine.files.usb
    #expect(usb.isBusVisible)
    let scanner = try #require(usb.scanners.first)
    #expect(usb.scanners.count == 1)
    #expect(scanner.attachment == USBAttachment(path: "1-2", deviceAddress: 5))
    #expect(scanner.node == NodeFacts(groupID: getegid(), mode: 0o640, isOpenable: true))
    #expect(scanner.holder == .process(identifier: 4711, name: "NIRscanNanoGUI"))
    #expect(scanner.isClaimedByProgram)
  }

  @Test func `the kernel's own driver is seen where no program holds the scanner`() throws {
    let machine = try FakeMachine()
    try machine.plugIn()
    try machine.link("/sys/bus/usb/devices/1-2:1.0/driver", to: "../../../drivers/usbhid")
    let scanner = try #require(machine.files.usb.scanners.first)
    #expect(scanner.holder == .driver(name: "usbhid"))
    #expect(!scanner.isClaimedByProgram)
  }

  @Test func `without a bus and without nodes nothing is made up`() throws {
    let machine = try FakeMachine()
    #expect(!machine.files.usb.isBusVisible)
    try machine.plugIn()
    try FileManager.default.removeItem(atPath: machine.root + "/dev/bus/usb/001/005")
    let scanner = try #require(machine.files.usb.scanners.first)
    #expect(scanner.node == nil && scanner.holder == nil)
  }

  @Test func `the first folder that has the rule decides`() throws {
    let machine = try FakeMachine()
    #expect(machine.files.rule == .missing)
    let name = "/udev/rules.d/60-spectrad.rules"
    try machine.write("/usr/lib" + name, "SUBSYSTEM==\"usb\"\n")
    #expect(machine.files.rule == .installed(path: "/usr/lib" + name))
    try machine.write("/etc" + name, "")
    #expect(machine.files.rule == .masked(path: "/etc" + name))
  }

  @Test func `a rule that is linked to nothing is masked`() throws {
    let machine = try FakeMachine()
    try machine.link("/etc/udev/rules.d/60-spectrad.rules", to: "/dev/null")
    #expect(machine.files.rule == .masked(path: "/etc/udev/rules.d/60-spectrad.rules"))
  }

  @Test(arguments: [
    ("spectrad:x:990:bob,ada", "4 990", "1000", true, [4, 990, 1000]),
    ("spectrad:x:990:bob,ada", "4", "1000", true, [4, 1000]),
    ("spectrad:x:990:bob", "", "1000", false, [1000]),
    ("spectrad:x:990:", "", "990", true, [990]),
  ])
  func `an account is read from the tables and from the process`(
    group: String,
    groups: String,
    primary: String,
    isListed: Bool,
    expected: [UInt32]
  ) throws {
    let machine = try FakeMachine()
    try machine.write(
      "/etc/passwd",
      "root:x:0:0::/root:/bin/sh\nada:x:1000:\(primary)::/:/bin/sh\n"
    )
    try machine.write("/etc/group", "root:x:0:\n\(group)\n")
    try machine.write(
      "/proc/self/status",
      "Name:\tx\nUid:\t1000\t1000\t1000\t1000\nGid:\t\(primary)\t\(primary)\t1\t1\n"
        + "Groups:\t\(groups) \n"
    )
    #expect(
      machine.files.account
        == AccountFacts(
          name: "ada",
          userID: 1000,
          groupIDs: Set(expected),
          scannerGroupID: 990,
          isListedAsMember: isListed
        )
    )
  }

  @Test func `running daemons and an installed service are seen`() throws {
    let machine = try FakeMachine()
    #expect(machine.files.daemonProcesses.isEmpty && !machine.files.isServiceInstalled)
    try machine.write("/proc/80/comm", "spectrad\n")
    try machine.write("/proc/9/comm", "spectrad\n")
    try machine.write("/proc/81/comm", "spectractl\n")
    try machine.write("/proc/uptime", "1 1\n")
    try machine.write("/usr/lib/systemd/system/spectrad.service", "[Service]\n")
    #expect(machine.files.daemonProcesses == [9, 80])
    #expect(machine.files.isServiceInstalled)
  }
}

/// A folder that stands for the root of a machine; removed when nobody refers to it.
private final class FakeMachine {
  let root: String

  init() throws {
    root = "/tmp/doctor-" + UUID().uuidString.prefix(13)
    try FileManager.default.createDirectory(atPath: root, withIntermediateDirectories: false)
  }

  deinit { try? FileManager.default.removeItem(atPath: root) }

  var files: MachineFiles { MachineFiles(root: root) }

  /// Plugs a scanner in at port 1-2, with address 5.
  func plugIn() throws {
    try write("/sys/bus/usb/devices/1-2/idVendor", "0451\n")
    try write("/sys/bus/usb/devices/1-2/idProduct", "4200\n")
    try write("/sys/bus/usb/devices/1-2/devnum", "5\n")
    try write("/dev/bus/usb/001/005", "")
    try FileManager.default.setAttributes(
      [.posixPermissions: 0o640],
      ofItemAtPath: root + "/dev/bus/usb/001/005"
    )
  }

  func write(_ path: String, _ text: String) throws {
    try makeFolder(of: path)
    try Data(text.utf8).write(to: URL(filePath: root + path))
  }

  func link(_ path: String, to target: String) throws {
    try makeFolder(of: path)
    try FileManager.default.createSymbolicLink(atPath: root + path, withDestinationPath: target)
  }

  private func makeFolder(of path: String) throws {
    try FileManager.default.createDirectory(
      at: URL(filePath: root + path).deletingLastPathComponent(),
      withIntermediateDirectories: true
    )
  }
}
