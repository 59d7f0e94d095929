import Chemometrics

/// Times parts of the program that no command reaches on its own; `make bench` runs it.
@main
enum Benchmarks {
  static func main() throws {
    for timing in try PreprocessingBenchmark.run() {
      let hundredths = Int((timing.medianMicroseconds * 100).rounded())
      let fraction = String(hundredths % 100)
      let padded = fraction.count == 1 ? "0" + fraction : fraction
      print("\(timing.step)\t\(hundredths / 100).\(padded)")
    }
  }
}
