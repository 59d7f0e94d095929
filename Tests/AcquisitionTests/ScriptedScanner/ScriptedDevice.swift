/// The scanner's side of the protocol, reduced to what one host needs, with faults on demand.
///
/// Requests come in as 64-byte reports, answers go out as bytes that the server cuts into reports.
struct ScriptedDevice {
  /// What goes wrong with one command.
  enum Fault {
    /// A telephone owns the device.
    case busy
    /// The command is refused.
    case error
    /// The command is carried out, but nobody says so.
    case silence
    /// The answer comes after that to the next command.
    case late
    /// The answer's data has this length instead of its own.
    case length(Int)
    /// Two reports of rubbish come before the answer.
    case rubbish
    /// The scan that this starts ends with error bits and leaves the old file.
    case scanFails(bits: UInt32)
    /// The scan that this starts leaves the old file without a word.
    case scanLost
    /// The scan that this starts ends with error bits and a new file.
    case scanFailsWithNewFile(bits: UInt32)
    /// A telephone takes the device over when the scan that this starts has ended.
    case busyAfterScan
    /// The answer bears the number of another request.
    case wrongSequence
    /// A report that announces nine, of which no other comes, stands before the answer.
    case falseHeader
    /// The connection is cut.
    case disconnect
  }

  /// What to send back.
  enum Answer {
    case bytes([UInt8])
    case disconnect
  }

  /// Faults by command, such as "02/18", and by how many times it came before.
  var faults: [String: [Int: Fault]] = [:]
  /// Every command that came, in order.
  private(set) var commands: [String] = []
  /// The configuration that was applied, if any.
  private(set) var appliedConfiguration: [UInt8]?
  /// What 04/04 reports without changing anything else.
  var errorBits: UInt32 = 0
  /// The active stored configuration is a Hadamard one.
  var isHadamardActive = false
  /// The stored configurations; nil stands for a Column and a Hadamard one.
  var configurations: [[UInt8]]?
  /// Commands that this device does not know.
  var unknownCommands: Set<String> = ["03/FD", "02/80"]
  /// What some commands answer instead of what follows from the rest.
  var answers: [String: [UInt8]] = [:]
  /// A telephone owns the device: it is busy for every command.
  var isBusy = false
  /// Whether each scan bears the lower half of its counter in its first and last word.
  var marksScans = false
  /// Whether going to sleep is allowed.
  var isSleepAllowed = true
  /// The clock in the seven bytes of its commands; it stands still.
  var clock: [UInt8] = [15, 3, 31, 2, 7, 0, 0]
  /// The file of the last scan; a new scan changes its counter only.
  var scanFile: [UInt8]
  /// The file that the next scan writes; nil leaves everything but the counter.
  var fileOfNextScan: [UInt8]?
  /// The factory's reference.
  var referenceFile: [UInt8]
  /// The counter of the last scan.
  var scanCount: UInt32 = 0x0003_0002

  private var counts: [String: Int] = [:]
  private var incoming: [UInt8] = []
  private var late: [UInt8] = []
  private let hadamardFile: [UInt8]
  private let matrixFile: [UInt8]
  private var openFile: [UInt8] = []

  init() {
    scanFile = GoldenScans.all.cases[0].scanFile.bytes
    referenceFile = GoldenScans.all.cases[0].referenceFile.bytes
    hadamardFile = GoldenScans.all.refusedFiles["hadamardScan"]?.bytes ?? []
    matrixFile = GoldenScans.all.matrixFile.bytes
  }

  /// How often a command came.
  func count(_ command: String) -> Int { counts[command] ?? 0 }

  /// Takes one report; the answer is empty until the request is whole.
  mutating func take(_ report: [UInt8]) -> Answer {
    incoming += report
    let length = Int(incoming[2]) | Int(incoming[3]) << 8
    guard length >= 2 else {
      incoming = []
      return .bytes([])
    }
    guard incoming.count >= 4 + length else { return .bytes([]) }
    defer { incoming = [] }
    let (flags, sequence) = (incoming[0], incoming[1])
    let name = hexadecimal(incoming[5]) + "/" + hexadecimal(incoming[4])
    let fault = isBusy ? .busy : faults[name]?[count(name)]
    commands.append(name)
    counts[name, default: 0] += 1
    if isBusy { return deliver(nil, flags, sequence, .busy) }
    let answer = reply(to: name, Array(incoming[6..<(4 + length)]), fault)
    return deliver(answer, flags, sequence, fault)
  }

  private mutating func deliver(
    _ data: [UInt8]?,
    _ flags: UInt8,
    _ sequence: UInt8,
    _ fault: Fault?
  ) -> Answer {
    func message(_ outcome: UInt8, _ data: [UInt8]) -> [UInt8] {
      let header = [
        flags | outcome << 4, sequence, UInt8(data.count & 0xFF), UInt8(data.count >> 8),
      ]
      let bytes = header + data
      return bytes + Array(repeating: 0xA5, count: (64 - bytes.count % 64) % 64)
    }
    let held = late
    late = []
    switch fault {
    case .busy: return .bytes(held + message(2, []))
    case .error: return .bytes(held + message(1, []))
    case .silence: return .bytes(held)
    case .late:
      late = message(0, data ?? [])
      return .bytes(held)
    case .length(let length):
      return .bytes(held + message(0, Array((data ?? []).prefix(length))))
    case .rubbish:
      let rubbish = Array(repeating: UInt8(0xFF), count: 128)
      return .bytes(held + rubbish + message(0, data ?? []))
    case .wrongSequence:
      var bytes = message(0, data ?? [])
      bytes[1] &+= 100
      return .bytes(held + bytes)
    case .falseHeader:
      let header = [0xC0, sequence &- 1, 0x00, 0x02] + Array(repeating: 0xA5, count: 60)
      return .bytes(held + header + message(0, data ?? []))
    case .disconnect: return .disconnect
    case .scanFails, .scanLost, .scanFailsWithNewFile, .busyAfterScan, nil:
      return .bytes(held + (data.map { message(0, $0) } ?? message(1, [])))
    }
  }

  /// Carries out a command; nil is an error reply.
  private mutating func reply(to name: String, _ parameters: [UInt8], _ fault: Fault?) -> [UInt8]? {
    if unknownCommands.contains(name) { return nil }
    if let answer = answers[name] { return answer }
    switch name {
    case "02/16": return [0x00, 0x01, 0x02, 0x00] + Array(repeating: 1, count: 24)
    case "02/33": return Array("SIM0001".utf8) + [0]
    case "02/3C": return Array("Scripted Nano".utf8) + [0, 0, 0]
    case "03/0E":
      isSleepAllowed = parameters == [1]
      return []
    case "03/0F": return [isSleepAllowed ? 1 : 0]
    case "03/09":
      clock = parameters
      return []
    case "03/0C": return clock
    case "03/00": return [0x29, 0x09, 0, 0, 0xCE, 0x09, 0, 0]
    case "03/02": return [0x60, 0x09, 0, 0, 0xD7, 0x11, 0, 0]
    case "04/05":
      errorBits = 0
      return []
    case "02/22": return [UInt8(configurations?.count ?? 2)]
    case "02/23": return [isHadamardActive ? 1 : 0]
    case "02/20": return storedConfiguration(parameters[0])
    case "02/1E":
      appliedConfiguration = parameters
      isHadamardActive = false
      return [228, 0, 0, 0]
    case "02/37": return [1, 0, 0, 0]
    case "02/18":
      startScan(fault)
      return []
    case "04/03": return [1, 0, 0, 0]
    case "04/04":
      // The real device keeps the answer where the file that was begun waits.
      if openFile.count > 3000 {
        openFile.replaceSubrange(0..<20, with: repeatElement(0, count: 20))
      }
      let bits = (0..<4).map { UInt8(truncatingIfNeeded: errorBits >> (8 * $0)) }
      return bits + [errorBits & 1 == 0 ? 0 : 0x40] + Array(repeating: 0, count: 15)
    case "00/2D": return beginFile(parameters[0])
    case "00/2E":
      let chunk = Array(openFile.prefix(512))
      openFile.removeFirst(chunk.count)
      return chunk
    default: return nil
    }
  }

  private func storedConfiguration(_ index: UInt8) -> [UInt8]? {
    if let configurations {
      guard index < configurations.count else { return nil }
      let blob = configurations[Int(index)]
      return [UInt8(blob.count), 0, 0, 0] + blob
    }
    guard index < 2 else { return nil }
    var blob = GoldenScans.all.configuration.bytes
    blob[31] = index
    return [91, 0, 0, 0] + blob
  }

  private mutating func startScan(_ fault: Fault?) {
    switch fault {
    case .busy, .error, .scanLost: return
    case .scanFails(let bits): errorBits = bits
    case .scanFailsWithNewFile(let bits):
      errorBits = bits
      writeScan()
    case .busyAfterScan:
      faults["04/04", default: [:]][count("04/04")] = .busy
      writeScan()
    default: writeScan()
    }
  }

  /// Makes a scan that this host did not ask for.
  mutating func scanByButton() { writeScan() }

  private mutating func writeScan() {
    if let file = fileOfNextScan { scanFile = file }
    scanCount &+= 1
    // The counter stands 39 bytes into the header, which the layouts keep at 81 and 56.
    let offset = scanFile[4] == 160 ? 95 : 120
    for index in 0..<4 {
      scanFile[offset + index] = UInt8(truncatingIfNeeded: scanCount >> (8 * UInt32(index)))
    }
    guard marksScans else { return }
    for (word, byte) in [0, 1, 2, 3].flatMap({ byte in [(0, byte), (236, byte)] }) {
      let value = 40_000 + scanCount & 0xFFFF
      scanFile[245 + 4 * word + byte] = UInt8(truncatingIfNeeded: value >> (8 * UInt32(byte)))
    }
  }

  private mutating func beginFile(_ kind: UInt8) -> [UInt8] {
    switch kind {
    case 0: openFile = isHadamardActive ? hadamardFile : scanFile
    case 2: openFile = referenceFile
    case 3: openFile = matrixFile
    default:
      openFile = []
      return []
    }
    return [UInt8(openFile.count & 0xFF), UInt8(openFile.count >> 8), 0, 0]
  }
}

private func hexadecimal(_ value: UInt8) -> String {
  (value < 16 ? "0" : "") + String(value, radix: 16, uppercase: true)
}
