/// Columns of text, each as wide as its widest cell.
package struct TextTable {
  /// The rows, the headings first.
  private var rows: [[String]]

  /// Begins a table with its headings.
  package init(_ headings: [String]) { rows = [headings] }

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
        cell + String(repeating: " ", count: widths[column] - cell.count)
      }
      .joined(separator: "  ")
      return String(line.reversed().drop { $0 == " " }.reversed())
    }
  }
}
