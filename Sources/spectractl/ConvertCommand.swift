import ArgumentParser
import Spectra

/// `spectractl convert IN… OUT`: recordings from one format to another.
struct ConvertCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "convert",
    abstract: "Convert recordings between formats, or put several together.",
    discussion: """
      Reads native recordings (*.scans.ndjson), the CSV and JCAMP-DX files that the programs of \
      TI and InnoSpectra save, other JCAMP-DX files, and wide CSV files with a row per scan; which \
      it is shows in the file itself. A folder stands for all recordings in it and its folders, \
      sorted by path. All scans must have the same wavelengths.

      OUT's name says what is written: *.scans.ndjson keeps all but predictions; *.csv is the \
      wide CSV with absorbance, temperature, humidity, donation_id and labels; *.jdx and *.dx are \
      JCAMP-DX with a block per scan, which holds the same and the time. It replaces a file of \
      that name when it is complete; on an error nothing is written.
      """
  )

  @Argument(
    help: ArgumentHelp(
      "Files and folders to read, then the file to write.",
      valueName: "in> ... <out"
    ),
    completion: .file()
  )
  var paths: [String]

  @OptionGroup var reading: RecordingOptions

  func validate() throws {
    guard paths.count >= 2, let output = paths.last else {
      throw ValidationError(
        "Found \(paths.count) path; expected at least one to read and one to write."
      )
    }
    guard RecordingConversion.canWrite(to: output) else {
      throw ValidationError(
        "Found the output '\(output)'; expected a name that ends in "
          + "\(RecordingConversion.outputEndings)."
      )
    }
  }

  func run() throws {
    guard let output = paths.last else { return }
    let recording = try reading.read(Array(paths.dropLast()))
    do throws(RecordingError) {
      try RecordingConversion.write(recording, to: output)
    } catch {
      StandardError.print(error.description)
      throw ExitStatus(error).exitCode
    }
    let scanCount = recording.scans.count
    let sampleCount = Set(recording.scans.compactMap(\.sample)).count
    try Output.print(
      "wrote \(output): \(scanCount) \(scanCount == 1 ? "scan" : "scans") of "
        + "\(recording.wavelengthsNanometres.count) points, "
        + "\(sampleCount) named \(sampleCount == 1 ? "sample" : "samples")"
    )
  }
}

/// `START:END` in nanometres.
struct AxisEnds: ExpressibleByArgument {
  /// The first and the last wavelength.
  let nanometres: ClosedRange<Double>

  init?(argument: String) {
    let ends = argument.split(separator: ":", omittingEmptySubsequences: false).map { Double($0) }
    guard ends.count == 2, let start = ends[0], let end = ends[1] else { return nil }
    guard start > 0, start < end, end.isFinite else { return nil }
    nanometres = start...end
  }
}

extension SamplePattern: ExpressibleByArgument {
  /// Reads the pattern from the command line.
  package init?(argument: String) { self.init(argument) }
}

extension LabelColumn: ExpressibleByArgument {
  /// Reads the column from the command line.
  package init?(argument: String) { self.init(argument) }
}

extension ExitStatus {
  /// What an error in a recording means to the caller of the command.
  init(_ error: RecordingError) {
    switch error {
    case .unreadable: self = .cannotRead
    case .unwritable: self = .cannotWrite
    case .tooLarge, .empty, .unknownFormat, .malformed, .pointCount, .wavelengthsNotRising,
      .wavelengthsDiffer, .wavelengthsUnknown, .unknownPlaceholder, .headerDiffers:
      self = .badData
    }
  }
}
