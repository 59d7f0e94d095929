import ArgumentParser
import Service
import Spectra

/// How recordings are read, for every command that reads them.
struct RecordingOptions: ParsableArguments {
  @Option(
    help: ArgumentHelp(
      "First and last wavelength in nanometres of a wide CSV with columns absorbance0, absorbance1, …",
      valueName: "start:end"
    )
  )
  var axis: AxisEnds?

  @Option(
    help: ArgumentHelp(
      "Name every scan's sample after this pattern; see `spectractl convert --help`.",
      valueName: "pattern"
    )
  )
  var sampleFrom: SamplePattern?

  @Option(
    name: .customLong("label"),
    help: ArgumentHelp(
      "A column of a wide CSV that holds labels; see `spectractl convert --help`.",
      valueName: "column[=class,class,...]"
    )
  )
  var labels: [LabelColumn] = []

  /// Reads all paths as one recording; errors are printed and end the command.
  func read(_ paths: [String]) throws -> Recording {
    var progress = ProgressLine()
    defer { progress.clear() }
    let options = RecordingReadOptions(
      axisNanometres: axis?.nanometres,
      sampleFrom: sampleFrom,
      labels: labels
    )
    do throws(RecordingError) {
      return try RecordingReader.read(paths: paths, options: options) { event in
        switch event {
        case .progress(let file, let scans): progress.show("\(scans) scans read, now in \(file)")
        case .tornLine(let file, let line):
          progress.clear()
          StandardError.print("\(file):\(line): the last line is incomplete, continuing without it")
        }
      }
    } catch {
      StandardError.print(error.description)
      throw ExitStatus(error).exitCode
    }
  }
}

/// How bundles are loaded, for every command that needs one.
enum BundleOptions {
  /// Loads and checks the bundle in `folder`; errors are printed and end the command.
  static func classifier(
    folder: String,
    _ completeness: BundleLoader.Completeness = .complete
  ) throws -> BundleClassifier {
    do throws(BundleError) {
      return try BundleClassifier(try BundleLoader.load(folder: folder, completeness))
    } catch {
      StandardError.print(error.description)
      throw ExitStatus(error).exitCode
    }
  }
}

extension ExitStatus {
  /// What an error in a bundle means to the caller of the command.
  init(_ error: BundleError) {
    switch error {
    case .unreadable: self = .cannotRead
    case .malformed, .invalid, .digest, .network, .golden: self = .badData
    }
  }
}
