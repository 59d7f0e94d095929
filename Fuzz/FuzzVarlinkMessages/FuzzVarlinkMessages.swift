import CFuzzer
import Glibc
import NIOCore
import Varlink

/// Feeds libFuzzer's bytes to the reader of calls.
///
/// The first byte says in which pieces the rest arrives. What is read as the parameters of a method
/// must survive being read again, and every error must have words.
@main
enum FuzzVarlinkMessages {
  private static let peer = PeerCredentials(processId: 1, userId: 0, groupId: 0, groups: [])
  private static let messageBytesMax = VarlinkLimits().callBytesMax

  static func main() {
    var count = CommandLine.argc
    // SAFETY: libFuzzer lends the bytes for the call; they are copied at once.
    var arguments: UnsafeMutablePointer<UnsafeMutablePointer<CChar>?>? =
      unsafe CommandLine.unsafeArgv
    let status = unsafe LLVMFuzzerRunDriver(&count, &arguments) { start, count in
      unsafe FuzzVarlinkMessages.receive(Array(UnsafeBufferPointer(start: start, count: count)))
      return 0
    }
    exit(status)
  }

  private static func receive(_ input: [UInt8]) {
    guard let first = input.first else { return }
    var framing = VarlinkFraming(messageBytesMax: messageBytesMax)
    var rest = input.dropFirst()
    let pieceBytes = Int(first) + 1
    var messageBytes = 0
    while !rest.isEmpty {
      framing.append(ByteBuffer(bytes: rest.prefix(pieceBytes)))
      rest = rest.dropFirst(pieceBytes)
      while case .message(let message) = framing.next() {
        messageBytes += message.count + 1
        read(message)
      }
    }
    precondition(messageBytes < input.count, "more bytes came out than went in")
  }

  private static func read(_ message: [UInt8]) {
    let call: VarlinkCall
    do throws(VarlinkMessageError) {
      call = try VarlinkCall(parsing: message, from: peer)
    } catch {
      precondition(!error.description.isEmpty, "an error has words")
      return
    }
    for method in SpectradInterface.methods { readParameters(of: method, call) }
    if let failure = SpectradFailure(name: call.method, reply: message) {
      precondition(failure.name == call.method, "an error keeps its name")
      precondition(!failure.description.isEmpty, "an error has words")
      precondition(failure.parameters.first == UInt8(ascii: "{"), "parameters are an object")
    }
    _ = VarlinkServiceError(name: call.method, reply: message)
  }

  private static func readParameters<Method: VarlinkMethod>(
    of method: Method.Type,
    _ call: VarlinkCall
  ) {
    do throws(VarlinkServiceError) {
      let parameters = try call.parameters(of: method)
      let again = try call.parameters(of: method)
      precondition(parameters == again, "the same bytes are the same parameters")
    } catch {
      guard case .invalidParameter(let name) = error, !name.isEmpty else {
        fatalError("only a parameter can be wrong: \(error)")
      }
    }
  }
}
