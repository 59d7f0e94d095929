import ArgumentParser
import Spectra

/// What export and record have in common: their file's name, their errors, their last words.
enum RecordingOutput {
  /// Refuses a name that is no native recording's.
  static func check(_ path: String) throws {
    guard path.hasSuffix(RecordingFiles.ending) else {
      throw ValidationError(
        "Found the output '\(path)'; expected a name that ends in \(RecordingFiles.ending) "
          + "(spectractl convert writes the other formats)."
      )
    }
  }

  /// Prints what is wrong with a file or a scan and ends the command.
  static func failingInWords<Result>(_ work: () throws -> Result) throws -> Result {
    do {
      return try work()
    } catch let error as RecordingError {
      StandardError.print(error.description)
      throw ExitStatus(error).exitCode
    } catch let error as RecordedScanError {
      StandardError.print(error.description)
      throw ExitStatus.badData.exitCode
    }
  }

  /// Says which files hold how many scans.
  static func tell(_ counts: [(path: String, scans: Int)], samples: Int?, json: Bool) throws {
    guard json else {
      for (path, scans) in counts {
        try Output.print("wrote \(path): \(Quantities.count(scans, "scan"))")
      }
      if let samples { try Output.print(Quantities.count(samples, "sample")) }
      guard counts.count > 1 else { return }
      return try Output.print(
        "\(counts.count) files: scans of several wavelength grids or scanners do not go into one"
      )
    }
    var line = JSONLine()
    line.addObjects("files", counts) { object, file in
      object.add("path", file.path)
      object.add("scans", file.scans)
    }
    if let samples { line.add("samples", samples) }
    try Output.write(line.finish())
  }
}
