import Foundation
import Service

/// A copy of the tests' bundle that a test may damage; removed when nobody refers to it.
final class BundleCopy {
  private let folder: TemporaryFolder

  /// The bundle that Tests/Golden/bundle/make_bundle.py made.
  static var goldenPath: String {
    "/" + #filePath.split(separator: "/").dropLast(2).joined(separator: "/") + "/Golden/bundle"
  }

  init() throws {
    folder = try TemporaryFolder()
    for name in ["bundle.json", "golden.json", "ripeness", "sweetness"] {
      try FileManager.default.copyItem(
        atPath: BundleCopy.goldenPath + "/" + name,
        toPath: folder.path + "/" + name
      )
    }
  }

  var path: String { folder.path }

  func path(_ name: String) -> String { folder.path + "/" + name }

  /// Replaces the first occurrence of a text, which must be there, in a file of the bundle.
  func replace(_ text: String, by replacement: String, in name: String) throws {
    let contents = try String(contentsOfFile: path(name), encoding: .utf8)
    guard let range = contents.range(of: text) else { throw BundleCopyError.textNotFound(text) }
    try folder.write(contents.replacingCharacters(in: range, with: replacement), to: name)
  }

  /// Replaces everything from one text up to and including another.
  func cut(from start: String, through end: String, by replacement: String) throws {
    let contents = try String(contentsOfFile: path("bundle.json"), encoding: .utf8)
    guard let first = contents.range(of: start),
      let last = contents.range(of: end, range: first.upperBound..<contents.endIndex)
    else { throw BundleCopyError.textNotFound(start) }
    let range = first.lowerBound..<last.upperBound
    try folder.write(contents.replacingCharacters(in: range, with: replacement), to: "bundle.json")
  }

  func overwrite(_ name: String, with text: String) throws { try folder.write(text, to: name) }

  func remove(_ name: String) throws { try FileManager.default.removeItem(atPath: path(name)) }

  /// Changes one answer of golden.json and makes its digest right again.
  func changeAnswer(
    case caseIndex: Int = 0,
    target targetIndex: Int = 0,
    _ change: (inout GoldenAnswer) throws -> Void
  ) throws {
    let data = try Data(contentsOf: URL(filePath: path("golden.json")))
    var golden = try JSONDecoder().decode(GoldenFile.self, from: data)
    try change(&golden.cases[caseIndex].targets[targetIndex])
    try JSONEncoder().encode(golden).write(to: URL(filePath: path("golden.json")))
    try correctDigests()
  }

  /// Writes the digests of the files as they are now into the manifest.
  func correctDigests() throws {
    while case .digest(_, let found, let expected) = refusal() {
      try replace(expected, by: found, in: "bundle.json")
    }
  }

  /// Why the bundle is refused, or nil when it is good.
  func refusal(_ completeness: BundleLoader.Completeness = .complete) -> BundleError? {
    do throws(BundleError) {
      _ = try BundleClassifier(try BundleLoader.load(folder: path, completeness))
      return nil
    } catch {
      return error
    }
  }
}

enum BundleCopyError: Error {
  case textNotFound(String)
  case notBase64
}

/// golden.json as the tests write it.
struct GoldenFile: Codable {
  var format: Int
  var cases: [GoldenCase]
}

struct GoldenCase: Codable {
  struct Scan: Codable {
    var absorbance: [Double]
    var temperatureCelsius: Double
    var relativeHumidityPercent: Double
  }

  var name: String
  var scans: [Scan]
  var targets: [GoldenAnswer]
}

struct GoldenAnswer: Codable {
  var name: String
  var metaFeatures: [Double]
  var image: String
  var probabilities: [Double]

  /// Changes the quantized image's bytes.
  mutating func changeImage(_ change: (inout [UInt8]) -> Void) throws {
    guard let data = Data(base64Encoded: image) else { throw BundleCopyError.notBase64 }
    var bytes = [UInt8](data)
    change(&bytes)
    image = Data(bytes).base64EncodedString()
  }
}
