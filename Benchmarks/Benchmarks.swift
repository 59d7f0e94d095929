import Chemometrics

/// Times parts of the program that no command reaches on its own; `make bench` runs it.
@main
enum Benchmarks {
  static func main() throws {
    for timing in try PreprocessingBenchmark.run() {
      print("\(timing.step)\t\(text(timing.medianMicroseconds))")
      guard let fastest = timing.fastestMicroseconds else { continue }
      print("\(timing.step), fastest\t\(text(fastest))")
    }
  }

  /// Two decimals.
  private static func text(_ microseconds: Double) -> String {
    let hundredths = Int((microseconds * 100).rounded())
    let fraction = String(hundredths % 100)
    return "\(hundredths / 100)." + (fraction.count == 1 ? "0" + fraction : fraction)
  }
}
