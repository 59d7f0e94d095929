import ArgumentParser
import Glibc
import QuantizedNetwork
import Service
import Spectra

/// Why `spectractl network` gives up.
enum NetworkCommandError: Error, CustomStringConvertible {
  case unreadable(path: String, errorNumber: Int32)
  case network(path: String, NetworkError)
  case inputNotGivenOnce(String)
  case unknownInput(found: String, expected: [String])
  case file(path: String, NumpyFileError)
  case output(path: String, NumpyFileError)
  case notReal(path: String)
  case shape(path: String, found: [Int], expected: [Int])
  case folder(path: String, errorNumber: Int32)
  case threads(Int)

  var description: String {
    switch self {
    case .unreadable(let path, let errorNumber): "\(path): cannot be read: \(text(errorNumber))"
    case .network(let path, let error): "\(path): \(error.description)"
    case .inputNotGivenOnce(let name): "input '\(name)' must be given once, with --input \(name)=…"
    case .unknownInput(let found, let expected):
      "the network has no input '\(found)', it has \(expected.joined(separator: ", "))"
    case .file(_, .notAccessible(let error)), .output(_, .notAccessible(let error)):
      error.description
    case .file(let path, let error), .output(let path, let error):
      "\(path): \(error.description)"
    case .notReal(let path): "\(path): holds whole numbers, expected float32 or float64"
    case .shape(let path, let found, let expected):
      "\(path): has the shape \(found), expected \(expected)"
    case .folder(let path, let errorNumber): "\(path): cannot be made: \(text(errorNumber))"
    case .threads(let count): "the system gives no \(count) threads"
    }
  }

  /// What the exit code says.
  var status: ExitStatus {
    switch self {
    case .unreadable: .cannotRead
    case .network, .notReal, .shape: .badData
    case .inputNotGivenOnce, .unknownInput: .usage
    case .folder, .output: .cannotWrite
    case .threads: .unavailable
    case .file(_, .notAccessible): .cannotRead
    case .file: .badData
    }
  }

  private func text(_ errorNumber: Int32) -> String {
    // SAFETY: strerror gives a C string, which is copied at once.
    unsafe String(cString: strerror(errorNumber))
  }
}

/// Reading a network from a path.
enum NetworkFile {
  /// The network in the file at `path`, and the time from the file's bytes to a ready network.
  ///
  /// An error is printed and ends the command.
  static func load(
    _ path: String,
    _ instructionSet: InstructionSet = .fastest,
    threads: Int = 1
  ) throws -> (network: Network, loadMicroseconds: Double) {
    do throws(NetworkCommandError) {
      let bytes = try read(path)
      let team = threads > 1 ? WorkerTeam(threadCount: threads) : nil
      guard team != nil || threads == 1 else { throw .threads(threads) }
      let start = ContinuousClock.now
      do {
        let network = try Network(
          onnx: bytes,
          instructionSet: instructionSet,
          team: team
        )
        let elapsed = (ContinuousClock.now - start).components
        return (network, Double(elapsed.seconds) * 1e6 + Double(elapsed.attoseconds) / 1e12)
      } catch {
        throw .network(path: path, error)
      }
    } catch {
      StandardError.print(error.description)
      throw error.status.exitCode
    }
  }

  /// The file's bytes, at most one more than a network may have.
  private static func read(_ path: String) throws(NetworkCommandError) -> [UInt8] {
    // SAFETY: libc copies the path before it returns.
    let descriptor = unsafe open(path, O_RDONLY | O_CLOEXEC)
    guard descriptor >= 0 else { throw .unreadable(path: path, errorNumber: errno) }
    defer { close(descriptor) }
    var bytes: [UInt8] = []
    var block = [UInt8](repeating: 0, count: 1 << 16)
    while bytes.count <= Limits.networkFileBytes {
      // SAFETY: the block has room for as many bytes as are asked for.
      let count = unsafe Glibc.read(descriptor, &block, block.count)
      guard count >= 0 else { throw .unreadable(path: path, errorNumber: errno) }
      guard count > 0 else { break }
      bytes += block[..<count]
    }
    return bytes
  }
}
