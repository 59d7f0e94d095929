import ArgumentParser
import Glibc
import QuantizedNetwork
import Spectra

/// `spectractl network bench MODEL.onnx [--runs N] [--threads T] [--samples] [--json]`.
struct NetworkBenchCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "bench",
    abstract: "Time a network on this machine.",
    discussion: """
      Every timed run begins with float inputs, numbers between -1 and 1, and ends with float \
      outputs. Before them the network runs for 50 ms untimed.
      """
  )

  @Argument(help: "The ONNX file.", completion: .file(extensions: ["onnx"]))
  var model: String

  @Option(help: "How many runs are timed.")
  var runs = 200

  @Option(help: "How many threads share each run.")
  var threads = 1

  @OptionGroup var instructions: InstructionSetOption

  @Flag(help: "With --json: list the time of every run, in their order.")
  var samples = false

  @Flag(help: "Print one line of JSON.")
  var json = false

  func validate() throws {
    guard (1...10_000_000).contains(runs) else {
      throw ValidationError("Found --runs \(runs); expected 1 to 10000000.")
    }
    guard (1...64).contains(threads) else {
      throw ValidationError("Found --threads \(threads); expected 1 to 64.")
    }
    guard json || !samples else {
      throw ValidationError("--samples needs --json.")
    }
  }

  func run() throws {
    let (network, loadMicroseconds) = try NetworkFile.load(
      model,
      instructions.instructionSet,
      threads: threads
    )
    var timing = NetworkTiming(network)
    let firstMicroseconds = timing.infer()
    timing.warmUp(for: .milliseconds(50))
    let times = (0..<runs).map { _ in timing.infer() }
    let sorted = times.sorted()
    let figures = Figures(
      median: (sorted[(runs - 1) / 2] + sorted[runs / 2]) / 2,
      minimum: sorted[0],
      p99: sorted[min(runs - 1, runs * 99 / 100)],
      first: firstMicroseconds,
      load: loadMicroseconds,
      residentBytes: ResidentMemory.byteCount
    )
    try json ? printJSON(figures, times, network) : printText(figures, network)
  }

  /// What was measured.
  private struct Figures {
    let median: Double
    let minimum: Double
    let p99: Double
    let first: Double
    let load: Double
    let residentBytes: Int?
  }

  private func printJSON(_ figures: Figures, _ times: [Double], _ network: Network) throws {
    var line = JSONLine()
    line.add("model", model)
    line.add("instructionSet", network.instructionSet.rawValue)
    line.add("threads", threads)
    line.add("runs", runs)
    line.add("medianMicroseconds", figures.median)
    line.add("minimumMicroseconds", figures.minimum)
    line.add("p99Microseconds", figures.p99)
    line.add("firstInferenceMicroseconds", figures.first)
    line.add("loadMicroseconds", figures.load)
    line.add("arenaBytes", network.arenaByteCount)
    line.add("residentBytes", figures.residentBytes)
    if samples { line.add("microseconds", times) }
    try Output.write(line.finish())
  }

  private func printText(_ figures: Figures, _ network: Network) throws {
    func text(_ microseconds: Double) -> String { "\((microseconds * 10).rounded() / 10) µs" }
    let sharing = threads == 1 ? "one thread" : "\(threads) threads"
    let resident = figures.residentBytes.map { "; \($0 / 1024) KiB resident" } ?? ""
    try Output.print(
      """
      \(model): median \(text(figures.median)), minimum \(text(figures.minimum)), \
      p99 \(text(figures.p99)) of \(runs) runs on \(network.instructionSet.rawValue), \(sharing)
      loaded in \(text(figures.load)), first inference \(text(figures.first)), \
      arena \(network.arenaByteCount / 1024) KiB\(resident)
      """
    )
  }
}

/// A network with arrays to feed it from and to read it into.
private struct NetworkTiming {
  private let network: Network
  private let inputs: [[Float]]
  private var outputs: [[Float]]
  private let clock = ContinuousClock()

  init(_ network: Network) {
    self.network = network
    inputs = network.inputs.map { input in
      (0..<input.elementCount).map { Float($0 % 201) / 100 - 1 }
    }
    outputs = network.outputs.map { [Float](repeating: 0, count: $0.elementCount) }
  }

  /// Runs once, from float inputs to float outputs; how long that took, in microseconds.
  mutating func infer() -> Double {
    let start = clock.now
    for (index, input) in inputs.enumerated() {
      network.writeInput(index) { elements in
        // SAFETY: the array has as many elements as the input.
        unsafe elements.withUnsafeMutableBufferPointer { _ = unsafe $0.update(from: input) }
      }
    }
    network.run()
    for index in outputs.indices {
      network.readOutput(index) { span in
        for position in span.indices { outputs[index][position] = span[position] }
      }
    }
    let elapsed = (clock.now - start).components
    return Double(elapsed.seconds) * 1e6 + Double(elapsed.attoseconds) / 1e12
  }

  /// Runs until `duration` is over.
  mutating func warmUp(for duration: Duration) {
    let end = clock.now + duration
    repeat { _ = infer() } while clock.now < end
  }
}

/// The memory that this process occupies.
private enum ResidentMemory {
  /// Bytes in RAM, or nil where the system does not say.
  static var byteCount: Int? {
    // SAFETY: libc copies the path before it returns.
    let descriptor = unsafe open("/proc/self/statm", O_RDONLY | O_CLOEXEC)
    guard descriptor >= 0 else { return nil }
    defer { close(descriptor) }
    var text = [UInt8](repeating: 0, count: 256)
    // SAFETY: the array has room for as many bytes as are asked for.
    let count = unsafe read(descriptor, &text, text.count)
    guard count > 0 else { return nil }
    // Pages: the whole size, then what is resident.
    let fields = String(decoding: text[..<count], as: UTF8.self).split(separator: " ")
    guard fields.count > 1, let pages = Int(fields[1]) else { return nil }
    return pages * Int(sysconf(Int32(_SC_PAGESIZE)))
  }
}
