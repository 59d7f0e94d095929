/// The sections of a scan configuration, one to five, in the order in which they are measured.
package struct ScanSections: Sendable, BitwiseCopyable {
  /// How many sections a slew configuration always stores, used or not.
  package static let countMax = 5

  /// How many sections there are.
  package let count: Int
  private let elements: [5 of ScanSection]

  /// Makes the sections of a plain configuration: one.
  package init(_ section: ScanSection) {
    count = 1
    elements = [5 of ScanSection](repeating: section)
  }

  /// Makes several sections; a number other than 1 to 5 traps.
  package init(_ sections: [ScanSection]) {
    precondition((1...ScanSections.countMax).contains(sections.count), "one to five sections")
    var elements = [5 of ScanSection](repeating: sections[0])
    for index in sections.indices { elements[index] = sections[index] }
    (count, self.elements) = (sections.count, elements)
  }

  /// Reads the first `count` of the five sections that begin at `offset`; the rest is garbage.
  init(parsing bytes: Span<UInt8>, at offset: Int, count: Int) throws(ScanFileError) {
    guard (1...ScanSections.countMax).contains(count) else { throw .wrongSectionCount(count) }
    let first = try ScanSection(parsingSlew: bytes, at: offset)
    var elements = [5 of ScanSection](repeating: first)
    for index in 1..<max(1, count) {
      elements[index] = try ScanSection(
        parsingSlew: bytes,
        at: offset + SerializedImage.slewSectionByteCount * index
      )
    }
    (self.count, self.elements) = (count, elements)
  }

  /// The section that is measured as number `index`.
  package subscript(index: Int) -> ScanSection {
    precondition(index >= 0 && index < count, "index outside the sections")
    return elements[index]
  }

  /// How many patterns all sections have.
  package var patterns: Int { reduce(0) { $0 + $1.patterns } }
  /// The lowest wavelength in nanometres.
  package var startNanometres: Int { reduce(Int.max) { min($0, $1.startNanometres) } }
  /// The highest wavelength in nanometres.
  package var endNanometres: Int { reduce(0) { max($0, $1.endNanometres) } }
  /// Whether any section measures several wavelengths at a time, which is not decoded.
  package var containsHadamard: Bool { reduce(false) { $0 || $1.kind == .hadamard } }
  /// The pattern width in columns; nil when the sections' widths differ.
  package var widthPixels: Int? {
    let first = self[0].widthPixels
    return reduce(true) { $0 && $1.widthPixels == first } ? first : nil
  }

  /// Whether both show the same patterns in the same order, however long.
  func showSamePatterns(as other: ScanSections) -> Bool {
    guard count == other.count else { return false }
    for index in 0..<count where !self[index].showsSamePatterns(as: other[index]) { return false }
    return true
  }

  private func reduce<Result>(
    _ initial: Result,
    _ combine: (Result, ScanSection) -> Result
  ) -> Result {
    var result = initial
    for index in 0..<count { result = combine(result, self[index]) }
    return result
  }
}

extension ScanSections: Equatable {
  package static func == (left: ScanSections, right: ScanSections) -> Bool {
    guard left.count == right.count else { return false }
    for index in 0..<left.count where left[index] != right[index] { return false }
    return true
  }
}
