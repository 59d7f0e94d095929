import Foundation

/// A USB bus that is not there, which Tests/USBMock plays with umockdev.
enum MockedBus {
  /// Whether `usbmock` could be built to do its work.
  static let isAvailable: Bool = {
    let probe = Process()
    probe.executableURL = URL(filePath: RunningProgram.path(of: "usbmock"))
    probe.standardError = FileHandle.nullDevice
    guard (try? probe.run()) != nil else { return false }
    probe.waitUntilExit()
    // Without arguments it complains about that, but only if it is more than a stub.
    return probe.terminationStatus == 64
  }()
}
