import Acquisition
import Foundation
import Service
import Spectra
import Testing

@Suite struct FileReferenceStoreTests {
  private static let reference = StoredReference(
    serialNumber: "5510004",
    time: Timestamp(microsecondsSinceEpoch: 1_795_251_600_123_456),
    file: (0..<3_822).map { UInt8(truncatingIfNeeded: $0 &* 7) }
  )

  @Test func `what was saved is loaded, by its scanner only`() throws {
    let folder = try TemporaryFolder()
    let store = FileReferenceStore(folder: folder.path + "/references")
    #expect(try store.load(serialNumber: "5510004") == nil)
    try store.save(FileReferenceStoreTests.reference)
    #expect(try store.load(serialNumber: "5510004") == FileReferenceStoreTests.reference)
    #expect(try store.load(serialNumber: "5510005") == nil)
    var newer = FileReferenceStoreTests.reference
    newer.time = Timestamp(microsecondsSinceEpoch: 1_795_251_700_000_000)
    try store.save(newer)
    #expect(try store.load(serialNumber: "5510004") == newer)
    let files = try FileManager.default.contentsOfDirectory(atPath: folder.path + "/references")
    #expect(files == ["5510004.reference.json"])
  }

  @Test(arguments: ["../../etc", "a/b", "ä", "SIM 001"])
  func `a serial number cannot leave the folder`(serialNumber: String) throws {
    let path = FileReferenceStore(folder: "/r").path(serialNumber: serialNumber)
    let name = try #require(path.split(separator: "/").last)
    #expect(path == "/r/\(name)" && !name.contains(".."))
    #expect(name.utf8.allSatisfy { $0 > 0x20 && $0 < 0x7F })
  }

  @Test(arguments: [
    ("not json", "{"),
    ("of another scanner", #""scanner":"5510005""#),
    ("of another version", #""version":2"#),
    ("without a time", #""time":"yesterday""#),
    ("cut short", ""),
  ])
  func `a damaged file is refused and not used`(kind: String, text: String) throws {
    let folder = try TemporaryFolder()
    let store = FileReferenceStore(folder: folder.path)
    try store.save(FileReferenceStoreTests.reference)
    let path = store.path(serialNumber: "5510004")
    let good = try String(contentsOfFile: path, encoding: .utf8)
    let member = text.prefix { $0 != ":" }
    let bad =
      text.hasPrefix("\"")
      ? good.replacing(try Regex("\(member):[^,}]*"), with: text) : text
    #expect(bad != good)
    try bad.write(toFile: path, atomically: true, encoding: .utf8)
    #expect(throws: ReferenceStoreError.damaged(path: path)) {
      try store.load(serialNumber: "5510004")
    }
  }

  @Test func `a folder that cannot be made is named`() {
    let store = FileReferenceStore(folder: "/proc/nowhere")
    #expect(throws: ReferenceStoreError.self) { try store.save(FileReferenceStoreTests.reference) }
  }
}
