import ArgumentParser
import Service
import Spectra

/// How recordings are read, for every command that reads them.
struct RecordingOptions: ParsableArguments {
  @Option(
    help: ArgumentHelp(
      "First and last wavelength in nanometres of a wide CSV with columns absorbance0, …",
      valueName: "start:end"
    )
  )
  var axis: AxisEnds?

  @Option(
    help: ArgumentHelp(
      "Name every scan's sample after this pattern.",
      discussion: """
        Text with placeholders: {folder} is the folder that the file lies in, as seen from the \
        folder that was given; {name} the file's name without extension and without the numbers at \
        its end; {file} the name without extension. In a wide CSV the header of each column is a \
        placeholder too, such as {Reading_ID}. Without this option the files' own names are kept, \
        and files of a single scan, which have none, are named {folder}/{name}: the scans \
        group02/caffeine_01.csv to _05.csv are one sample group02/caffeine.
        """,
      valueName: "pattern"
    )
  )
  var sampleFrom: SamplePattern?

  @Option(
    name: .customLong("label"),
    help: ArgumentHelp(
      "A column of a wide CSV that holds labels; may be repeated.",
      discussion: """
        Columns that hold only low, ok and high are found without it. Where the labels are \
        numbers, say what 0, 1, … mean: --label hdl=low,ok,high.
        """,
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
        case .doubtfulLabels(let doubt):
          progress.clear()
          StandardError.print("\(doubt), continuing without this column's labels (see --label)")
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
