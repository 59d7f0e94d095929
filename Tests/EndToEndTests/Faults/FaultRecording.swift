import Foundation
import Spectra

/// The scans that every trial serves: of one synthetic donor, made once.
enum FaultRecording {
  static let fileName = "recorded.scans.ndjson"

  private static let lines = Result { () throws -> [String] in
    let laboratory = try Laboratory()
    let path = try laboratory.synthesize(donors: 1, scans: FaultTrial.scanCount)
    return try String(contentsOfFile: path, encoding: .utf8).split(separator: "\n").map(String.init)
  }

  /// Writes the recording without the scans of these numbers; returns its path.
  static func write(without missing: Set<Int>, to folder: TemporaryFolder) throws -> String {
    let lines = try lines.get().enumerated().filter { !missing.contains($0.offset) }
      .map { $0.element + "\n" }
    let path = folder.path(fileName)
    try lines.joined().write(toFile: path, atomically: false, encoding: .utf8)
    return path
  }

  /// The scans as they were recorded; the first has number 1.
  static let scans = Result { () throws -> [Scan] in
    let folder = try TemporaryFolder()
    return try RecordingReader.read(paths: [try write(without: [], to: folder)]).scans
  }
}
