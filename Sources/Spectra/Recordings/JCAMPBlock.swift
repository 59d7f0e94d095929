/// A block of a JCAMP-DX file: the records of one spectrum, from `##TITLE=` to `##END=`.
struct JCAMPBlock {
  /// The records in their order, the title first and the end left out.
  private(set) var records: [JCAMPRecord]

  /// The line of the title.
  var line: Int { records[0].line }
  /// The spectrum's title.
  var title: String { records[0].value }

  /// Whether the block only holds other blocks.
  private var isLink: Bool {
    records(labelled: "DATATYPE").contains { JCAMPRecord.normalised($0.value) == "LINK" }
  }

  /// The records of a label, which is given as labels are compared.
  func records(labelled label: String) -> [JCAMPRecord] { records.filter { $0.label == label } }

  /// The first record of a label.
  func record(_ label: String) -> JCAMPRecord? { records.first { $0.label == label } }

  /// The blocks that describe a spectrum each.
  ///
  /// Blocks may follow each other or lie in one of the data type LINK. Throws when a block is not
  /// closed, as in a file that was cut off.
  static func all(
    _ records: [JCAMPRecord],
    _ source: RecordingSource
  ) throws(RecordingError) -> [JCAMPBlock] {
    var blocks: [JCAMPBlock] = []
    var link: JCAMPBlock?
    var open: JCAMPBlock?
    for record in records {
      switch record.label {
      case "TITLE":
        if let outer = open {
          guard outer.isLink, link == nil else {
            throw source.malformed(
              record,
              found: "##TITLE=",
              expected: "##END= of the block before"
            )
          }
          link = outer
        }
        open = JCAMPBlock(records: [record])
      case "END":
        if let block = open {
          if !block.isLink { blocks.append(block) }
          open = nil
        } else if link != nil {
          link = nil
        } else {
          throw source.malformed(record, found: "##END=", expected: "##TITLE= before it")
        }
      default:
        if open == nil, link == nil {
          throw source.malformed(record, found: "##\(record.label)=", expected: "##TITLE=")
        }
        open?.records.append(record)
      }
    }
    if let unclosed = open ?? link {
      let last = records[records.count - 1]
      throw .malformed(
        RecordingPlace(file: source.file, line: last.data.last?.line ?? last.line),
        found: "the end of the file",
        expected: "##END= of the block that begins on line \(unclosed.line)"
      )
    }
    return blocks
  }
}

extension RecordingSource {
  /// The error that a record is not what it should be.
  func malformed(_ record: JCAMPRecord, found: String, expected: String) -> RecordingError {
    .malformed(RecordingPlace(file: file, line: record.line), found: found, expected: expected)
  }
}
