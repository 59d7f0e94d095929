import Foundation
import Testing

/// The stored scan files and what decoding them must give: see Tests/Golden/acquisition.
struct GoldenScans: Decodable {
  struct Case: Decodable, CustomTestStringConvertible {
    var name: String
    var scanFile: Data
    var referenceFile: Data
    var wavelengthsNanometres: [Double]
    var sampleSignal: [Int32]
    var referenceSignal: [Int32]
    var maximumRawCount: Int32

    var testDescription: String { name }
  }

  var matrixFile: Data
  var configuration: Data
  var refusedFiles: [String: Data]
  var cases: [Case]

  static let all = load()

  private static func load() -> GoldenScans {
    let file = packageRoot.appending(path: "Tests/Golden/acquisition/golden.json")
    do {
      return try JSONDecoder().decode(GoldenScans.self, from: Data(contentsOf: file))
    } catch {
      fatalError("\(file.path): \(error)")
    }
  }
}

let packageRoot = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
  .deletingLastPathComponent()

/// The folder of measured data beside the repository; tests that need it are skipped without it.
let sharedData = URL(
  filePath: ProcessInfo.processInfo.environment["TEST_SHARED_DATA"]
    ?? packageRoot.appending(path: "../shared/data").path
)

extension Data {
  var bytes: [UInt8] { Array(self) }
}
