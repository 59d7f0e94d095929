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

  private var counts: [String: Int] = [:]
  private var incoming: [UInt8] = []
  private var late: [UInt8] = []
  private var scanFile: [UInt8]
  private let hadamardFile: [UInt8]
  private let referenceFile: [UInt8]
  private let matrixFile: [UInt8]
  private var openFile: [UInt8] = []
  private var scanCount: UInt32 = 0x0003_0002

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
    let fault = faults[name]?[count(name)]
    commands.append(name)
    counts[name, default: 0] += 1
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
    case .disconnect: return .disconnect
    case .scanFails, .scanLost, nil:
      return .bytes(held + (data.map { message(0, $0) } ?? message(1, [])))
    }
  }

  /// Carries out a command; nil is an error reply.
  private mutating func reply(to name: String, _ parameters: [UInt8], _ fault: Fault?) -> [UInt8]? {
    switch name {
    case "02/16": return [0x00, 0x01, 0x02, 0x00] + Array(repeating: 1, count: 24)
    case "02/33": return Array("SIM0001".utf8) + [0]
    case "02/3C": return Array("Scripted Nano".utf8) + [0, 0, 0]
    case "03/0E", "03/09": return []
    case "04/05":
      errorBits = 0
      return []
    case "02/22": return [2]
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
    guard index < 2 else { return nil }
    var blob = GoldenScans.all.configuration.bytes
    blob[31] = index
    return [91, 0, 0, 0] + blob
  }

  private mutating func startScan(_ fault: Fault?) {
    switch fault {
    case .busy, .error, .scanLost: return
    case .scanFails(let bits): errorBits = bits
    default:
      scanCount += 1
      for index in 0..<4 {
        scanFile[120 + index] = UInt8(truncatingIfNeeded: scanCount >> (8 * UInt32(index)))
      }
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
