import ArgumentParser
import Glibc
import QuantizedNetwork
import Spectra

/// `spectractl network run MODEL.onnx --input NAME=FILE.npy … --output DIR`.
struct NetworkRunCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "run",
    abstract: "Run a network once on arrays from .npy files.",
    discussion: """
      Every input of the network is given once, as float32 or float64 in the shape that the file \
      says, with or without the batch of 1. Each output is written to DIR/NAME.npy as float32.
      """
  )

  @Argument(help: "The ONNX file.", completion: .file(extensions: ["onnx"]))
  var model: String

  @Option(
    name: .customLong("input"),
    help: ArgumentHelp("An input and the file that holds it.", valueName: "name=file.npy")
  )
  var inputs: [NetworkInputFile]

  @Option(help: "The folder to write the outputs to; made where it is missing.")
  var output: String

  func run() throws {
    let network = try NetworkFile.load(model).network
    do throws(NetworkCommandError) {
      try fill(network)
      network.run()
      try write(network)
    } catch {
      StandardError.print(error.description)
      throw error.status.exitCode
    }
  }

  private func fill(_ network: Network) throws(NetworkCommandError) {
    let names = network.inputs.map(\.name)
    for name in names where inputs.count(where: { $0.name == name }) != 1 {
      throw .inputNotGivenOnce(name)
    }
    for input in inputs {
      guard let index = names.firstIndex(of: input.name) else {
        throw .unknownInput(found: input.name, expected: names)
      }
      let array: NumpyArray
      do {
        array = try NumpyArray(contentsOfFile: input.path)
      } catch {
        throw .file(path: input.path, error)
      }
      let values: [Float]
      switch array.elements {
      case .float32(let numbers): values = numbers
      case .float64(let numbers): values = numbers.map { Float($0) }
      default: throw .notReal(path: input.path)
      }
      let shape = network.inputs[index].shape
      guard array.shape == shape || array.shape == Array(shape.dropFirst()) else {
        throw .shape(path: input.path, found: array.shape, expected: shape)
      }
      network.writeInput(index) { elements in
        for position in values.indices { elements[position] = values[position] }
      }
    }
  }

  private func write(_ network: Network) throws(NetworkCommandError) {
    // SAFETY: libc copies the path before it returns.
    guard unsafe mkdir(output, 0o755) == 0 || errno == EEXIST else {
      throw .folder(path: output, errorNumber: errno)
    }
    for (index, tensor) in network.outputs.enumerated() {
      let values = network.readOutput(index) { span in span.indices.map { span[$0] } }
      // A name in the file must not lead out of the folder.
      let name = String(tensor.name.map { $0 == "/" || $0 == "\0" ? "_" : $0 })
      let path = "\(output)/\(name).npy"
      do {
        try NumpyArray(shape: tensor.shape, elements: .float32(values)).write(toFile: path)
      } catch {
        throw .output(path: path, error)
      }
    }
  }
}

/// `NAME=FILE.npy`.
struct NetworkInputFile: ExpressibleByArgument {
  let name: String
  let path: String

  init?(argument: String) {
    guard let separator = argument.lastIndex(of: "="), separator > argument.startIndex else {
      return nil
    }
    name = String(argument[..<separator])
    path = String(argument[argument.index(after: separator)...])
    guard !path.isEmpty else { return nil }
  }
}
