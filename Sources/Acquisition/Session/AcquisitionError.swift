/// Why a scanner cannot be reached, or why a scan of it failed.
package enum AcquisitionError: Error, Equatable, Sendable {
  /// The host name has no address; the code is getaddrinfo's.
  case hostUnknown(code: Int32)
  /// Nobody accepts connections there; the code is errno.
  case connectionRefused(errorNumber: Int32)
  /// The connection cannot be made for another reason; the code is errno.
  case connectionFailed(errorNumber: Int32)
  /// The server does not export this bus id, or somebody else uses it.
  case importRefused(status: UInt32)
  /// The device is no scanner of the family.
  case wrongDevice(vendor: UInt16, product: UInt16)
  /// The server closed the connection; the code is errno, 0 for an orderly end.
  case connectionLost(errorNumber: Int32)
  /// The device left the bus; the status is that of the transfer which told so.
  case deviceGone(transferStatus: Int32)
  /// A transfer failed for another reason.
  case transferFailed(status: Int32)
  /// The user may not open this device node.
  case noPermission(node: String)
  /// Somebody else has the scanner; nil when nobody can be named.
  case inUse(by: String?)
  /// The scanner cannot be opened for another reason; the code is libusb's.
  case openingFailed(libusbCode: Int32)
  /// The device refused a transfer: its endpoint is halted until the scanner is opened again.
  case stalled
  /// A report has fewer bytes than 64.
  case shortReport(byteCount: Int)
  /// libusb does not run on this machine; the code is its own.
  case usbUnavailable(libusbCode: Int32)
  /// The device or the server did not answer in time; the command is nil outside of commands.
  case timeout(command: NanoCommand?)
  /// What the server sent is no USB/IP; the number is what it sent instead.
  case serverViolation(USBIPViolation)
  /// What the device sent is no answer to this command; nil when it was not asked at all.
  case protocolError(command: NanoCommand?, NanoViolation)
  /// The device answered this command with an error.
  case commandFailed(NanoCommand)
  /// The device answered this command with busy: a telephone is connected to it.
  case busy(NanoCommand)
  /// The scan ended with errors after which its counts cannot be trusted.
  case scanFailed(NanoErrorStatus)
  /// The scan ended, but the device still holds the previous one with this index.
  case noNewScan(scanIndex: UInt32)
  /// The scan file was not decoded.
  case scanFile(ScanFileError)
  /// The reference file or its matrix was not decoded, so absorbance has no values.
  case reference(ScanFileError)
  /// What was measured is not fit to be the user's reference; the previous one stays.
  case referenceRefused(ReferenceProblem)
  /// The user's reference cannot be loaded or stored.
  case referenceStore(ReferenceStoreError)
  /// The scanner scans, but something is wrong with it.
  case unhealthy(ScannerHealth)
  /// The scanner is none of those that the configuration names.
  case scannerNotConfigured
  /// So many scanners are connected already.
  case tooManyScanners(limit: Int)
  /// The scanner came back before the end of its previous connection was noticed.
  case previousConnectionOpen
  /// The acquisition was told to stop.
  case stopped
}

/// How a server breaks the rules of USB/IP.
package enum USBIPViolation: Error, Equatable, Sendable {
  /// The import reply has another version.
  case version(UInt16)
  /// The reply to the import is another operation.
  case operation(UInt16)
  /// A message is neither a submit nor an unlink reply.
  case command(UInt32)
  /// A reply belongs to no request.
  case sequence(UInt32)
  /// A transfer returned more bytes than were asked for.
  case length(Int32)
}

/// How a device breaks the rules of its own protocol.
package enum NanoViolation: Error, Equatable, Sendable {
  /// Too many packets in a row are no answer.
  case strayPackets(Int)
  /// A packet of the reply has only so many bytes.
  case shortPacket(byteCount: Int)
  /// The reply has another length than this command's.
  case replyLength(found: Int, expected: Int)
  /// The file has another size than this kind's.
  case fileSize(found: Int, expected: Int)
}

extension AcquisitionError {
  /// The stable name that clients read.
  package var reason: String {
    switch self {
    case .hostUnknown: "hostUnknown"
    case .connectionRefused: "connectionRefused"
    case .connectionFailed: "connectionFailed"
    case .importRefused: "importRefused"
    case .wrongDevice: "wrongDevice"
    case .connectionLost: "connectionLost"
    case .deviceGone: "deviceGone"
    case .transferFailed: "transferFailed"
    case .noPermission: "noPermission"
    case .inUse: "inUse"
    case .openingFailed: "openingFailed"
    case .stalled: "stalled"
    case .usbUnavailable: "usbUnavailable"
    case .timeout: "timeout"
    case .serverViolation: "serverError"
    case .protocolError, .shortReport: "protocolError"
    case .commandFailed: "commandFailed"
    case .busy: "busy"
    case .scanFailed, .noNewScan: "scanFailed"
    case .scanFile: "scanFileInvalid"
    case .reference: "referenceInvalid"
    case .referenceRefused(let problem): problem.reason
    case .referenceStore: "referenceStoreFailed"
    case .unhealthy(let health): health.reason ?? "healthy"
    case .scannerNotConfigured: "scannerNotConfigured"
    case .tooManyScanners: "tooManyScanners"
    case .previousConnectionOpen: "previousConnectionOpen"
    case .stopped: "stopped"
    }
  }

  /// Whether the connection is still of use, so that the next scan may be tried on it.
  package var leavesConnectionUsable: Bool {
    switch self {
    case .scanFailed, .noNewScan, .scanFile, .reference, .referenceRefused, .referenceStore: true
    case .commandFailed, .busy, .unhealthy: true
    default: false
    }
  }
}

extension AcquisitionError: CustomStringConvertible {
  /// What was found and what was expected.
  package var description: String {
    switch self {
    case .hostUnknown(let code): "the host name has no address (getaddrinfo \(code))"
    case .connectionRefused(let number): "nobody accepts connections there (errno \(number))"
    case .connectionFailed(let number): "the connection cannot be made (errno \(number))"
    case .importRefused(let status):
      "the server refused the bus id with status \(status): not exported, or in use"
    case .wrongDevice(let vendor, let product):
      "the device is \(fourDigits(vendor)):\(fourDigits(product)), expected 0451:4200"
    case .connectionLost(let number): "the server closed the connection (errno \(number))"
    case .deviceGone(let status): "the device left the bus (transfer status \(status))"
    case .transferFailed(let status): "a transfer failed with status \(status)"
    case .noPermission(let node):
      "no permission to open \(node): 60-spectrad.rules gives it to the group spectrad"
    case .inUse(let holder):
      "the scanner is in use by \(holder ?? "another program"); end that and it will be found"
    case .openingFailed(let code): "the scanner cannot be opened (\(libusbErrorName(code)))"
    case .stalled: "the device stalled a transfer"
    case .shortReport(let count): "a report of \(count) bytes, expected \(reportByteCount)"
    case .usbUnavailable(let code):
      "USB cannot be used on this machine (\(libusbErrorName(code)))"
    case .timeout(.some(let command)): "command \(command) was not answered in time"
    case .timeout(nil): "the server did not answer in time"
    case .serverViolation(let violation): "the server broke USB/IP: \(violation)"
    case .protocolError(.some(let command), let violation):
      "answer to command \(command): \(violation)"
    case .protocolError(nil, let violation): "before any command: \(violation)"
    case .commandFailed(let command): "the device refused command \(command)"
    case .busy(let command): "the device was busy at command \(command)"
    case .scanFailed(let status): "the scan failed: \(status)"
    case .noNewScan(let index): "the scan ended without data: scan \(index) is still the last"
    case .scanFile(let error): "scan file: \(error)"
    case .reference(let error): "reference: \(error)"
    case .referenceRefused(let problem): "the new reference is not used: \(problem)"
    case .referenceStore(let error): "stored reference: \(error)"
    case .unhealthy(let health): "the scanner reports " + health.names.joined(separator: ", ")
    case .scannerNotConfigured: "the configuration names other scanners only"
    case .previousConnectionOpen: "its previous connection has not ended yet"
    case .tooManyScanners(let limit): "\(limit) scanners are connected already, which is the limit"
    case .stopped: "the acquisition was stopped"
    }
  }
}

extension USBIPViolation: CustomStringConvertible {
  /// What was found and what was expected.
  package var description: String {
    switch self {
    case .version(let found): "version 0x\(fourDigits(found)), expected 0x0111"
    case .operation(let found): "operation 0x\(fourDigits(found)), expected 0x0003"
    case .command(let found): "command \(found), expected 3 or 4"
    case .sequence(let found): "a reply to request \(found), which is not outstanding"
    case .length(let found): "a transfer of \(found) bytes, which is not what was asked for"
    }
  }
}

extension NanoViolation: CustomStringConvertible {
  /// What was found and what was expected.
  package var description: String {
    switch self {
    case .strayPackets(let count): "\(count) packets were no answer"
    case .shortPacket(let count): "a packet of \(count) bytes, expected \(reportByteCount)"
    case .replyLength(let found, let expected): "\(found) bytes of data, expected \(expected)"
    case .fileSize(let found, let expected): "a file of \(found) bytes, expected \(expected)"
    }
  }
}

private func fourDigits(_ value: UInt16) -> String {
  let digits = String(value, radix: 16)
  return String(repeating: "0", count: 4 - digits.utf8.count) + digits
}
