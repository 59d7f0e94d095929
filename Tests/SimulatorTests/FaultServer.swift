import Glibc
import Synchronization
import spectrasim

/// A server on a Unix socket whose devices have a fault script, and what it reported.
final class FaultServer {
  let path: String
  private let server: USBIPServer
  private let log: ReportLog

  /// Serves `scanners` invented scanners without waits.
  init(
    script: String,
    scanners: Int = 2,
    attachingTo controller: VirtualHostController? = nil
  ) throws {
    let log = ReportLog()
    self.log = log
    var options = NanoDevice.Options()
    options.speed = .unlimited
    options.sampleGapNanoseconds = 50_000_000
    path = "/tmp/spectrasim-test-\(getpid())-\(UInt32.random(in: 0...UInt32.max)).sock"
    let samples = [Int](repeating: 0, count: 9)
    server = try USBIPServer(
      recordings: (0..<scanners).map { _ in InventedScanner.recording(samples: samples) },
      options: options,
      faults: try FaultScript(parsing: script),
      addresses: [.unix(path: path)],
      attachingTo: controller,
      report: { log.append($0) }
    )
  }

  deinit { try? server.stop() }

  /// The lines that the server has reported.
  var reports: [String] { log.lines }

  /// Imports a device, again and again for two seconds while it is away or still in use.
  func importDevice(_ busID: String) throws -> USBIPTestClient {
    for _ in 0..<400 {
      let client = try USBIPTestClient(path: path)
      do {
        try client.importDevice(busID)
        return client
      } catch USBIPTestClient.Failure.refused { usleep(5_000) }
    }
    throw USBIPTestClient.Failure.unexpected("\(busID) cannot be imported")
  }

  /// The bus ids that the server lists.
  func listedBusIDs() throws -> [String] {
    let client = try USBIPTestClient(path: path)
    try client.send(USBIPClientCodec.bytes(.listDevices))
    let count = USBIPClientCodec.word(try client.read(12), at: 8)
    return try (0..<count).map { _ in
      String(decoding: try client.read(316)[256..<288].prefix { $0 != 0 }, as: UTF8.self)
    }
  }
}

/// Lines that another thread reports.
private final class ReportLog: Sendable {
  private let stored = Mutex<[String]>([])

  var lines: [String] { stored.withLock { $0 } }
  func append(_ line: String) { stored.withLock { $0.append(line) } }
}
