/// Every line as it was sent.
struct WatchLines: WatchOutput {
  mutating func show(_ line: [UInt8], _ event: StreamLine) throws {
    try Output.write(line + [UInt8(ascii: "\n")])
  }
}

/// One line of text for each event that means something to a person.
struct WatchText: WatchOutput {
  mutating func show(_ line: [UInt8], _ event: StreamLine) throws {
    guard let text = event.text else { return }
    try Output.print(text)
  }
}

/// A table of the newest samples, redrawn in place on a terminal.
struct WatchTable: WatchOutput {
  private var rows: [Row] = []
  private var notice = "waiting for the first prediction"
  private var drawnLines = 0
  private static let rowsMax = 16

  private struct Row {
    var sampleId: String
    var cells: [String]
  }

  mutating func show(_ line: [UInt8], _ event: StreamLine) throws {
    if event.isPrediction {
      update(event)
      notice = event.demonstration == true ? "demonstration only, not for diagnosis" : ""
    } else if let text = event.text {
      notice = text
    }
    try draw()
  }

  private mutating func update(_ event: StreamLine) {
    let problems = event.quality?.reasons ?? []
    let row = Row(
      sampleId: event.sampleId ?? "",
      cells: [
        (event.scanner ?? "").printable, (event.sample ?? "").printable, String(event.scans ?? 0),
        event.final == true ? "final" : problems.first ?? "…",
      ] + (event.targets ?? []).map { ($0.name + " " + $0.text).printable }
    )
    if let index = rows.firstIndex(where: { $0.sampleId == row.sampleId }) {
      rows[index] = row
    } else {
      rows.append(row)
      if rows.count > WatchTable.rowsMax { rows.removeFirst() }
    }
  }

  private mutating func draw() throws {
    var lines = WatchTable.aligned([["scanner", "sample", "scans", "state"]] + rows.map(\.cells))
    lines.append(notice)
    var text = drawnLines > 0 ? "\u{1B}[\(drawnLines)A\r" : ""
    for line in lines { text += "\u{1B}[K" + line + "\n" }
    text += "\u{1B}[J"
    drawnLines = lines.count
    try Output.write(Array(text.utf8))
  }

  private static func aligned(_ rows: [[String]]) -> [String] {
    let columns = rows.map(\.count).max() ?? 0
    let widths = (0..<columns).map { column in
      rows.map { column < $0.count ? $0[column].count : 0 }.max() ?? 0
    }
    return rows.map { row in
      row.enumerated().map { column, cell in
        cell + String(repeating: " ", count: widths[column] - cell.count)
      }.joined(separator: "  ")
    }
  }
}
