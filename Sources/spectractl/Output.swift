import ArgumentParser
import Service

/// Results on standard output; what cannot be written ends the command with status 73.
enum Output {
  /// Prints a line.
  static func print(_ text: String) throws { try write(Array((text + "\n").utf8)) }

  /// Writes bytes as they are.
  static func write(_ bytes: [UInt8]) throws {
    do throws(FileError) {
      try StandardOutput.write(bytes)
    } catch {
      StandardError.print("\(error)")
      throw ExitStatus.cannotWrite.exitCode
    }
  }
}

extension String {
  /// The text with control characters shown as `?`: what a scanner or a recording calls itself
  /// must not steer somebody's terminal.
  var printable: String {
    String(
      String.UnicodeScalarView(
        unicodeScalars.map { $0.properties.generalCategory == .control ? "?" : $0 }
      )
    )
  }
}
