package import Acquisition
import FoundationEssentials
import Glibc
import Spectra

/// References that users measured, one file for each scanner: `SERIAL.reference.json`.
///
/// A file is replaced as a whole or not at all, and stands on the disk before `save` returns.
package struct FileReferenceStore: ReferenceStore {
  /// What a file holds, on one line.
  private struct Entry: Codable {
    var type = "reference"
    var version = 1
    var scanner: String
    var time: String
    /// The scan file, in base64.
    var scanFile: String
  }

  /// A scan file has 3822 bytes; base64 and the rest of the line stay far below.
  private static let fileBytesMax = 64 << 10

  private let folder: String

  /// Keeps the files in `folder`, which is made with the first of them.
  package init(folder: String) { self.folder = folder }

  /// Where the reference of a scanner is kept.
  package func path(serialNumber: String) -> String {
    // A serial number comes from the device: only what is plain in a file name goes into one.
    let name = serialNumber.map { $0.isASCII && ($0.isLetter || $0.isNumber) ? $0 : "-" }
    return "\(folder)/\(String(name)).reference.json"
  }

  /// The scanner's reference; a file that is no reference of it is an error, a missing one is not.
  package func load(serialNumber: String) throws(ReferenceStoreError) -> StoredReference? {
    let path = path(serialNumber: serialNumber)
    let bytes: [UInt8]
    do throws(FileError) {
      bytes = try FileContents.read(path: path, limitBytes: FileReferenceStore.fileBytesMax)
    } catch {
      if error.errno == FileError.noSuchFile { return nil }
      guard let number = error.errno else { throw .damaged(path: path) }
      throw .notReadable(path: path, errorNumber: number)
    }
    guard let entry = try? JSONDecoder().decode(Entry.self, from: Data(bytes)),
      entry.type == "reference", entry.version == 1, entry.scanner == serialNumber,
      let time = Timestamp(entry.time), let file = Data(base64Encoded: entry.scanFile)
    else { throw .damaged(path: path) }
    return StoredReference(serialNumber: serialNumber, time: time, file: Array(file))
  }

  /// Replaces the scanner's reference; makes the folder when it is missing.
  package func save(_ reference: StoredReference) throws(ReferenceStoreError) {
    let path = path(serialNumber: reference.serialNumber)
    let entry = Entry(
      scanner: reference.serialNumber,
      time: reference.time.description,
      scanFile: Data(reference.file).base64EncodedString()
    )
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
    guard let line = try? encoder.encode(entry) else { throw .damaged(path: path) }
    do throws(FileError) {
      try FileContents.makeFolder(path: folder)
      try FileContents.replace(path: path, with: Array(line) + [UInt8(ascii: "\n")])
    } catch {
      throw .notWritable(path: error.path, errorNumber: error.errno ?? EIO)
    }
  }
}
