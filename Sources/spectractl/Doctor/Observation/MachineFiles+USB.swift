import Acquisition
import Glibc

extension MachineFiles {
  private static let devices = "/sys/bus/usb/devices"

  /// What sysfs and the device nodes show.
  package var usb: USBFacts {
    let names = names(in: MachineFiles.devices)
    return USBFacts(
      isBusVisible: names != nil,
      announcementsError: announcementsError,
      // Names with a colon are interfaces.
      scanners: (names ?? []).filter { !$0.contains(":") }.compactMap(scanner)
    )
  }

  /// The rule's state; the first folder that has the name decides, as for udev.
  package var rule: RuleState {
    let folders = ["/etc", "/run", "/usr/local/lib", "/usr/lib", "/lib"]
    for folder in folders {
      let path = folder + "/udev/rules.d/60-spectrad.rules"
      guard exists(path) else { continue }
      let text = text(path) ?? "#"
      return text.contains { !$0.isWhitespace } ? .installed(path: path) : .masked(path: path)
    }
    return .missing
  }

  private func scanner(_ name: String) -> USBScannerFacts? {
    let folder = "\(MachineFiles.devices)/\(name)"
    guard word(folder + "/idVendor") == "0451", word(folder + "/idProduct") == "4200",
      let address = word(folder + "/devnum").flatMap({ UInt8($0) })
    else { return nil }
    let attachment = USBAttachment(path: name, deviceAddress: address)
    return USBScannerFacts(
      attachment: attachment,
      node: node(attachment.nodePath),
      holder: USBNodeHolder.find(attachment, below: root),
      isClaimedByProgram: linkName("\(MachineFiles.devices)/\(name):1.0/driver") == "usbfs"
    )
  }

  /// Tries to hear what libusb has to hear: the kernel's announcements of devices.
  private var announcementsError: Int32? {
    let descriptor = socket(AF_NETLINK, CInt(SOCK_RAW.rawValue | SOCK_CLOEXEC.rawValue), 15)
    guard descriptor >= 0 else { return errno }
    close(descriptor)
    return nil
  }
}
