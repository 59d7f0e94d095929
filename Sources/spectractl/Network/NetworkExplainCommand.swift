import ArgumentParser
import QuantizedNetwork
import Spectra

/// `spectractl network explain MODEL.onnx [--instructions SET] [--json]`.
struct NetworkExplainCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "explain",
    abstract: "Show how a network is computed on this machine, step by step.",
    discussion: """
      A step does one or more nodes of the graph. REGION is the part of the result that can reach \
      an output: only that is computed. MACS are the multiplications of that part and those of \
      the whole; Winograd's method needs about a quarter of them. CAT says that the result is \
      written straight into a concatenation.
      """
  )

  @Argument(help: "The ONNX file.", completion: .file(extensions: ["onnx"]))
  var model: String

  @OptionGroup var instructions: InstructionSetOption

  @Flag(help: "Print one line of JSON.")
  var json = false

  func run() throws {
    let network = try NetworkFile.load(model, instructions.instructionSet).network
    try json ? printJSON(network) : printTable(network)
  }

  private func printTable(_ network: Network) throws {
    let steps = network.explanation
    var table = TextTable(
      [
        "NODE", "OPERATORS", "INPUT", "OUTPUT", "REGION", "KERNEL", "MACS", "OF", "WEIGHTS",
        "ACTIVATIONS",
      ],
      numbers: [6, 7, 8, 9]
    )
    for step in steps {
      table.add([
        step.node,
        step.operators.joined(separator: "+"),
        shape(step.inputShape),
        shape(step.outputShape),
        region(step),
        (step.method?.rawValue ?? "") + (step.isPartOfConcatenation ? " cat" : ""),
        count(step.multiplications),
        count(step.wholeMultiplications),
        count(step.weightByteCount),
        count(step.activationByteCount),
      ])
    }
    table.add([
      "total", "\(steps.count) steps", "", "", "", "",
      count(sum(steps, \.multiplications)),
      count(sum(steps, \.wholeMultiplications)),
      count(sum(steps, \.weightByteCount)),
      count(sum(steps, \.activationByteCount)),
    ])
    for line in table.lines { try Output.print(line) }
    try Output.print(
      """
      \(network.instructionSet.rawValue): \(grouped(network.arenaByteCount)) bytes hold all \
      activations in turn, \(grouped(network.constantByteCount)) weights and tables
      """
    )
  }

  private func printJSON(_ network: Network) throws {
    let steps = network.explanation
    var line = JSONLine()
    line.add("model", model)
    line.add("instructionSet", network.instructionSet.rawValue)
    line.addObjects("steps", steps) { line, step in
      line.add("node", step.node)
      line.add("operators", step.operators)
      line.add("inputShape", step.inputShape)
      line.add("outputShape", step.outputShape)
      line.add("computedShape", step.computedShape)
      line.add("kernel", step.method?.rawValue)
      line.add("isPartOfConcatenation", step.isPartOfConcatenation)
      line.add("multiplications", step.multiplications)
      line.add("wholeMultiplications", step.wholeMultiplications)
      line.add("weightBytes", step.weightByteCount)
      line.add("activationBytes", step.activationByteCount)
    }
    line.add("multiplications", sum(steps, \.multiplications))
    line.add("wholeMultiplications", sum(steps, \.wholeMultiplications))
    line.add("weightBytes", sum(steps, \.weightByteCount))
    line.add("constantBytes", network.constantByteCount)
    line.add("arenaBytes", network.arenaByteCount)
    try Output.write(line.finish())
  }

  private func sum(_ steps: [PlannedStep], _ figure: (PlannedStep) -> Int) -> Int {
    steps.reduce(0) { $0 + figure($1) }
  }

  /// The sizes behind the batch, as in 64×83×83.
  private func shape(_ sizes: [Int]) -> String {
    let shown = sizes.count > 1 && sizes[0] == 1 ? sizes.dropFirst() : sizes[...]
    return shown.isEmpty ? "1" : shown.map(String.init).joined(separator: "×")
  }

  /// Rows and columns that are computed, where they are not all.
  private func region(_ step: PlannedStep) -> String {
    guard step.computedShape != step.outputShape else { return "all" }
    return shape(Array(step.computedShape.suffix(2)))
  }

  /// A number, or nothing for 0.
  private func count(_ number: Int) -> String { number == 0 ? "" : grouped(number) }

  /// A number with its thousands apart.
  private func grouped(_ number: Int) -> String {
    var groups: [Substring] = []
    var rest = Substring(String(number))
    while !rest.isEmpty {
      groups.insert(rest.suffix(3), at: 0)
      rest = rest.dropLast(3)
    }
    return groups.joined(separator: " ")
  }
}
