import Foundation
import Spectra
import Testing

@Suite struct ClientCommandTests {
  @Test func `watch shows as many predictions as it is asked for`() throws {
    let laboratory = try Laboratory()
    let recording = try laboratory.synthesize(donors: 1, scans: 5)
    let daemon = try laboratory.startDaemon(settings: ["sample.scans=5"])
    let watch = try RunningProgram(
      "spectractl",
      ["watch", "--json", "--count", "9", "--socket", laboratory.socket],
      in: laboratory.folder
    )
    try #require(watch.waitForText("\"hello\""), "\(watch.errors)")
    let simulator = try laboratory.startSimulator(
      replaying: recording,
      ["--repeat", "--sample-gap", "0"]
    )
    #expect(watch.waitForExit() == 0, "\(watch.errors)\(daemon.errors)\(simulator.errors)")
    let lines = try StreamLine.lines(of: watch.output)
    #expect(lines.first?.type == "hello")
    #expect(lines.count(where: \.isPrediction) == 9)
    #expect(lines.last?.isPrediction == true)
    #expect(lines.compactMap(\.scans) == [1, 2, 3, 4, 5, 5, 1, 2, 3])
  }

  @Test func `watch once without a daemon says so`() throws {
    let folder = try TemporaryFolder()
    let path = folder.path("nobody.sock")
    let result = try ProgramResult("spectractl", ["watch", "--once", "--socket", path], in: folder)
    #expect(result.status == 69)
    #expect(result.errors.contains("\(path): cannot connect"))
    #expect(result.errors.contains("is spectrad running?"))
    #expect(result.output.isEmpty)
  }

  @Test func `a recording survives its conversion`() throws {
    let laboratory = try Laboratory()
    let folder = laboratory.folder
    let original = try laboratory.synthesize(donors: 3, scans: 4)
    let (copy, table) = (folder.path("copy.scans.ndjson"), folder.path("table.csv"))
    for (input, output) in [(original, copy), (copy, table)] {
      let result = try ProgramResult("spectractl", ["convert", input, output], in: folder)
      #expect(result.status == 0, "\(result.errors)")
      #expect(result.output.contains("wrote \(output): 12 scans of 228 points, 3 named samples"))
    }
    let expected = try RecordingReader.read(paths: [original])
    #expect(try RecordingReader.read(paths: [copy]) == expected)
    let wide = try RecordingReader.read(paths: [table])
    #expect(wide.scans.map(\.sample) == expected.scans.map(\.sample))
    #expect(wide.scans.map(\.labels) == expected.scans.map(\.labels))
    #expect(wide.scans.map(\.temperatureCelsius) == expected.scans.map(\.temperatureCelsius))
    let distances = zip(wide.scans, expected.scans).flatMap { found, expected in
      zip(found.absorbanceValues, expected.absorbanceValues).map { abs($0 - $1) }
    }
    #expect(distances.count == 12 * 228 && distances.allSatisfy { $0 < 1e-9 })
  }

  @Test func `converting nothing that can be read says which file`() throws {
    let folder = try TemporaryFolder()
    let result = try ProgramResult(
      "spectractl",
      ["convert", folder.path("none.csv"), folder.path("out.csv")],
      in: folder
    )
    #expect(result.status == 66)
    #expect(result.errors.contains(folder.path("none.csv")))
    #expect(!folder.exists("out.csv"))
  }

  @Test func `bundle check finds the bundle good`() throws {
    let folder = try TemporaryFolder()
    let result = try ProgramResult(
      "spectractl",
      ["bundle", "check", ProjectFiles.bundle],
      in: folder
    )
    #expect(result.status == 0, "\(result.errors)")
    #expect(result.output.contains("tests@1.0.0: good"))
    #expect(result.output.contains("networks: 3, golden cases: 2, all replayed"))
  }

  @Test func `bundle check names the file that was changed`() throws {
    let folder = try TemporaryFolder()
    let bundle = folder.path("bundle")
    try FileManager.default.copyItem(atPath: ProjectFiles.bundle, toPath: bundle)
    let network = URL(filePath: bundle + "/ripeness/0.onnx")
    var bytes = try Data(contentsOf: network)
    bytes[1_000] ^= 1
    try bytes.write(to: network)
    let result = try ProgramResult("spectractl", ["bundle", "check", bundle], in: folder)
    #expect(result.status == 65)
    #expect(result.errors.contains("\(bundle)/ripeness/0.onnx: its SHA-256 is "))
    #expect(result.output.isEmpty)
  }

  @Test func `preprocess writes arrays of the shapes that networks read`() throws {
    let laboratory = try Laboratory()
    let recording = try laboratory.synthesize(donors: 3, scans: 2)
    let output = laboratory.folder.path("arrays")
    let result = try ProgramResult(
      "spectractl",
      [
        "preprocess", recording, "--bundle", ProjectFiles.bundle, "--until", "image",
        "--output", output,
      ],
      in: laboratory.folder
    )
    #expect(result.status == 0, "\(result.errors)")
    let shapes = [("ripeness", 3), ("sweetness", 2)]
    for (target, channels) in shapes {
      for stage in ["median", "net", "scaling", "scatter", "derivative"] {
        try expectArray("\(output)/\(target)/\(stage).npy", "<f8", "(3, 85)", bytes: 3 * 85 * 8)
      }
      try expectArray("\(output)/\(target)/meta.npy", "<f4", "(3, 7)", bytes: 3 * 7 * 4)
      try expectArray(
        "\(output)/\(target)/image.npy",
        "<f4",
        "(3, \(channels), 85, 85)",
        bytes: 3 * channels * 85 * 85 * 4
      )
    }
    let table = try String(contentsOfFile: output + "/samples.csv", encoding: .utf8)
    #expect(table.split(separator: "\n").count == 4)
  }

  /// Reads the header of an array of format 1.0 as the format's description has it.
  private func expectArray(
    _ path: String,
    _ type: String,
    _ shape: String,
    bytes count: Int
  ) throws {
    let data = [UInt8](try Data(contentsOf: URL(filePath: path)))
    try #require(data.starts(with: [0x93] + Array("NUMPY".utf8) + [1, 0]), "\(path)")
    let headerEnd = 10 + Int(data[8]) + 256 * Int(data[9])
    try #require(headerEnd <= data.count)
    let header = String(decoding: data[10..<headerEnd], as: UTF8.self)
    #expect(header.contains("'descr': '\(type)'"), "\(path)")
    #expect(header.contains("'fortran_order': False"), "\(path)")
    #expect(header.contains("'shape': \(shape)"), "\(path): \(header)")
    #expect(data.count - headerEnd == count, "\(path)")
  }
}
