import Chemometrics
import Crypto
import FoundationEssentials
import Spectra

/// Reads a bundle's folder and checks every digest, length and number.
package enum BundleLoader {
  /// Whether a bundle must be able to predict, or may be one that training is still working on.
  package enum Completeness: Sendable {
    /// Members and golden cases are required.
    case complete
    /// They may be missing, as may what training finds out.
    case draft
  }

  private static let manifestBytesMax = 16 << 20
  private static let goldenBytesMax = 64 << 20

  /// Reads the bundle in `folder`.
  ///
  /// - Throws: `BundleError`, which names the file, the place, what was found and expected.
  package static func load(
    folder: String,
    _ completeness: Completeness = .complete
  ) throws(BundleError) -> ModelBundle {
    let path = folder + "/bundle.json"
    let bytes = try read(path, limitBytes: manifestBytesMax)
    let manifest = try decode(BundleManifest.self, bytes, path: path)
    var check = ManifestCheck(folder: folder, path: path, completeness: completeness)
    return try check.bundle(manifest, digest: hexadecimalDigest(bytes))
  }

  static func read(_ path: String, limitBytes: Int) throws(BundleError) -> [UInt8] {
    do throws(FileError) {
      return try FileContents.read(path: path, limitBytes: limitBytes)
    } catch {
      throw .unreadable(path: path, reason: error.reason)
    }
  }

  /// Reads a file of the bundle and compares its digest.
  static func read(
    _ file: String,
    sha256 expected: String,
    folder: String,
    place: String,
    limitBytes: Int
  ) throws(BundleError) -> ModelBundle.MemberFile {
    let parts = file.split(separator: "/", omittingEmptySubsequences: false)
    if file.isEmpty || parts.contains(where: { $0.isEmpty || $0 == "." || $0 == ".." }) {
      throw .invalid(
        path: folder + "/bundle.json",
        place: place,
        found: "“\(file)”",
        expected: "a path inside the bundle's folder"
      )
    }
    let path = folder + "/" + file
    let bytes = try read(path, limitBytes: limitBytes)
    let found = hexadecimalDigest(bytes)
    guard found == expected.lowercased() else {
      throw .digest(path: path, found: found, expected: expected)
    }
    return ModelBundle.MemberFile(path: path, bytes: bytes)
  }

  static func readGolden(
    _ file: BundleManifest.GoldenFile,
    folder: String
  ) throws(BundleError) -> ModelBundle.Golden {
    let golden = try read(
      file.file,
      sha256: file.sha256,
      folder: folder,
      place: "golden.file",
      limitBytes: goldenBytesMax
    )
    let cases = try decode(GoldenCases.self, golden.bytes, path: golden.path)
    return ModelBundle.Golden(path: golden.path, cases: cases)
  }

  private static func decode<Value: Decodable>(
    _ type: Value.Type,
    _ bytes: [UInt8],
    path: String
  ) throws(BundleError) -> Value {
    do {
      return try JSONDecoder().decode(type, from: Data(bytes))
    } catch let error as DecodingError {
      throw problem(error, path: path)
    } catch {
      throw .malformed(path: path, place: "the file", problem: "\(error)")
    }
  }

  private static func problem(_ error: DecodingError, path: String) -> BundleError {
    func place(_ codingPath: [any CodingKey]) -> String {
      let text = codingPath.reduce(into: "") { text, key in
        if let index = key.intValue {
          text += "[\(index)]"
        } else {
          text += (text.isEmpty ? "" : ".") + key.stringValue
        }
      }
      return text.isEmpty ? "the file" : text
    }
    switch error {
    case .keyNotFound(let key, let context):
      let name = key.stringValue
      return .malformed(
        path: path,
        place: place(context.codingPath),
        problem: "found no member “\(name)”, expected one"
      )
    case .typeMismatch(let type, let context):
      return .malformed(
        path: path,
        place: place(context.codingPath),
        problem: "found another type, expected \(words(for: type))"
      )
    case .valueNotFound(let type, let context):
      return .malformed(
        path: path,
        place: place(context.codingPath),
        problem: "found null, expected \(words(for: type))"
      )
    case .dataCorrupted(let context):
      let cause = context.underlyingError.map { ": \($0)" } ?? ""
      return .malformed(
        path: path,
        place: place(context.codingPath),
        problem: context.debugDescription + cause
      )
    @unknown default:
      return .malformed(path: path, place: "the file", problem: "\(error)")
    }
  }

  /// What a type of ours is called in JSON.
  private static func words(for type: any Any.Type) -> String {
    switch type {
    case is Double.Type, is Int.Type: "a number"
    case is String.Type: "a text"
    case is Bool.Type: "true or false"
    default: "\(type)".hasPrefix("Array") ? "an array" : "an object"
    }
  }

  private static func hexadecimalDigest(_ bytes: [UInt8]) -> String {
    SHA256.hash(data: bytes).map { byte in
      (byte < 16 ? "0" : "") + String(byte, radix: 16)
    }.joined()
  }
}
