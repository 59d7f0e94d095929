/// Columns of text, each as wide as its widest cell.
package struct TextTable {
  /// The rows, the headings first.
  private var rows: [[String]]
  private let numbers: Set<Int>

  /// Begins a table with its headings; the columns `numbers` end at the right.
  package init(_ headings: [String], numbers: Set<Int> = []) {
    rows = [headings]
    self.numbers = numbers
  }

  /// Adds a row; what others named is shown without control characters.
  package mutating func add(_ cells: [String]) { rows.append(cells.map(\.printable)) }

  /// The lines without spaces at their ends.
  package var lines: [String] {
    let columns = rows.map(\.count).max() ?? 0
    let widths = (0..<columns).map { column in
      rows.map { column < $0.count ? $0[column].count : 0 }.max() ?? 0
    }
    return rows.map { row in
      let line = row.enumerated().map { column, cell in
        let space = String(repeating: " ", count: widths[column] - cell.count)
        return numbers.contains(column) ? space + cell : cell + space
      }
      .joined(separator: "  ")
      return String(line.reversed().drop { $0 == " " }.reversed())
    }
  }
}
