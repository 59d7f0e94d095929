/// What the operator says about files that do not say it themselves.
package struct RecordingReadOptions: Sendable {
  /// First and last wavelength in nanometres of a wide CSV whose headers are not numeric.
  package var axisNanometres: ClosedRange<Double>?
  /// How to name the sample of every scan, whatever the files say; nil to believe them.
  package var sampleFrom: SamplePattern?
  /// Columns of a wide CSV that hold labels, besides those that hold only low, ok and high.
  package var labels: [LabelColumn]

  /// Makes options; without any the files must say everything.
  package init(
    axisNanometres: ClosedRange<Double>? = nil,
    sampleFrom: SamplePattern? = nil,
    labels: [LabelColumn] = []
  ) {
    (self.axisNanometres, self.sampleFrom) = (axisNanometres, sampleFrom)
    self.labels = labels
  }
}

/// A column of a wide CSV that holds the labels of one target: `NAME` or `NAME=CLASS,CLASS,…`.
package struct LabelColumn: Equatable, Sendable {
  /// The column's header, which is the target's name too.
  package var name: String
  /// What the numbers 0, 1, … in the column mean; empty when the column holds the classes' names.
  package var classes: [String]

  /// Reads `NAME` or `NAME=CLASS,CLASS,…`, or nil when the name or a class is empty.
  package init?(_ text: String) {
    let parts = text.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
    name = String(parts[0])
    classes =
      parts.count == 1
      ? [] : parts[1].split(separator: ",", omittingEmptySubsequences: false).map(String.init)
    if name.isEmpty || classes.contains("") { return nil }
  }
}

/// A column of a wide CSV that nobody named and that holds low, ok and high among other texts.
///
/// A class that is misspelt in one row is the usual reason.
package struct DoubtfulLabels: Equatable, Sendable {
  /// The first cell with another text.
  package var place: RecordingPlace
  /// The column's header.
  package var column: String
  /// The text of that cell.
  package var found: String
  /// In how many rows the column holds low, ok or high.
  package var labelledRows: Int
  /// In how many rows it holds another text.
  package var otherRows: Int
}

extension DoubtfulLabels: CustomStringConvertible {
  package var description: String {
    "\(place): found \(Excerpt.text(found)) in column \(Excerpt.text(column)); expected low, ok or "
      + "high as in \(labelledRows) of its rows, but not in \(otherRows)"
  }
}

/// What a reader tells while it reads.
package enum RecordingReadEvent: Equatable, Sendable {
  /// So many scans have been read; `file` is the one that is being read.
  case progress(file: String, scans: Int)
  /// A last line without newline that is no complete scan, as a crash leaves it, was dropped.
  case tornLine(file: String, line: Int)
  /// A column looks like one of labels but does not hold only them: it was passed over.
  case doubtfulLabels(DoubtfulLabels)
}
