import ArgumentParser
import QuantizedNetwork

/// `spectractl network`: quantized ONNX networks by themselves, without scans or bundles.
struct NetworkCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "network",
    abstract: "Run, time or explain a quantized ONNX network.",
    subcommands: [
      NetworkRunCommand.self, NetworkBenchCommand.self, NetworkExplainCommand.self,
    ]
  )
}

/// The instruction set to compute with.
struct InstructionSetOption: ParsableArguments {
  @Option(
    name: .customLong("instructions"),
    help:
      "The instruction set: \(InstructionSet.available.map(\.rawValue).joined(separator: ", "))."
  )
  var instructionSet = InstructionSet.fastest

  func validate() throws {
    guard InstructionSet.available.contains(instructionSet) else {
      throw ValidationError("This processor lacks \(instructionSet.rawValue).")
    }
  }
}

extension InstructionSet: ExpressibleByArgument {}
