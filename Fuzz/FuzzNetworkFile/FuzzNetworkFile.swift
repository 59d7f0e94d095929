import CFuzzer
import Glibc
import QuantizedNetwork

/// Feeds libFuzzer's bytes to the ONNX reader and planner, and runs what they accept.
@main
enum FuzzNetworkFile {
  /// Networks above this are planned but not run: the time belongs to the reader.
  private static let runnableByteCount = 1 << 20

  static func main() {
    var count = CommandLine.argc
    var arguments: UnsafeMutablePointer<UnsafeMutablePointer<CChar>?>? =
      unsafe CommandLine.unsafeArgv
    let status = unsafe LLVMFuzzerRunDriver(&count, &arguments) { start, count in
      // SAFETY: libFuzzer lends `count` bytes for the duration of the call.
      let bytes = unsafe UnsafeBufferPointer(start: start, count: count)
      unsafe FuzzNetworkFile.read([UInt8](bytes))
      return 0
    }
    exit(status)
  }

  private static func read(_ bytes: [UInt8]) {
    do throws(NetworkError) {
      let network = try Network(onnx: bytes)
      guard network.arenaByteCount <= runnableByteCount else { return }
      for index in network.inputs.indices {
        network.writeInput(index) { values in
          for index in values.indices { values[index] = Float(index % 7) - 3 }
        }
      }
      network.run()
      for index in network.outputs.indices {
        network.readOutput(index) { precondition($0.count == network.outputs[index].elementCount) }
      }
    } catch {
      precondition(!error.description.isEmpty)
    }
  }
}
