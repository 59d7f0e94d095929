/// Everything that goes wrong while the simulator serves, one fault a line.
package struct FaultScript: Equatable, Sendable {
  /// The most faults that one script may hold.
  package static let faultLimit = 10_000

  /// The faults in the order of their lines.
  package private(set) var faults: [Fault] = []
  /// The line of each fault, counted from 1.
  private var lines: [Int] = []

  /// Makes a script in which nothing goes wrong.
  package init() {}

  /// Reads a script; `#` begins a comment, and empty lines mean nothing.
  package init(parsing text: String) throws(FaultScriptError) {
    let texts = text.split(omittingEmptySubsequences: false, whereSeparator: \.isNewline)
    for (index, line) in texts.enumerated() {
      var sentence = FaultSentence(line.prefix { $0 != "#" }, line: index + 1)
      guard !sentence.isAtEnd else { continue }
      guard faults.count < FaultScript.faultLimit else {
        throw .tooManyFaults(limit: FaultScript.faultLimit, line: index + 1)
      }
      faults.append(try sentence.fault())
      lines.append(index + 1)
    }
  }

  /// Refuses a script that names a device beyond the `count` that are served.
  package func check(deviceCount count: Int) throws(FaultScriptError) {
    for (fault, line) in zip(faults, lines) {
      guard case .number(let number) = fault.device, number > count else { continue }
      throw .unexpected(
        found: "device \(number)",
        expected: count == 1 ? "device 1, the only one" : "device 1 to \(count)",
        line: line
      )
    }
  }

  /// The faults of the device with `number`, counted from 1.
  package func faults(ofDevice number: Int) -> [Fault] {
    faults.filter { $0.concerns(device: number) }
  }
}

/// Why a fault script is refused.
package enum FaultScriptError: Error, Equatable {
  /// A line says something else than the grammar allows there; lines count from 1.
  case unexpected(found: String, expected: String, line: Int)
  /// One fault too many.
  case tooManyFaults(limit: Int, line: Int)
}

extension FaultScriptError: CustomStringConvertible {
  package var description: String {
    switch self {
    case .unexpected(let found, let expected, let line):
      "line \(line): found \(found); expected \(expected)"
    case .tooManyFaults(let limit, let line):
      "line \(line): found one more fault; expected at most \(limit)"
    }
  }
}
