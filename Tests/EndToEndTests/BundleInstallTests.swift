import Foundation
import Testing

/// `spectractl bundle install`, which needs no daemon.
@Suite struct BundleInstallTests {
  @Test func `a bundle is checked, copied and found again`() throws {
    let folder = try TemporaryFolder()
    let into = folder.path("state/bundles")
    let first = try install(ProjectFiles.bundle, into, folder)
    #expect(first.status == 0, "\(first.errors)")
    #expect(first.output.hasPrefix("tests@1.0.0: installed in \(into)/tests\n"))
    let names = try FileManager.default.subpathsOfDirectory(atPath: into + "/tests").sorted()
    // What the bundle does not name stays behind.
    #expect(names.contains("ripeness/0.onnx") && names.contains("golden.json"))
    #expect(!names.contains("make_bundle.py"))
    let check = try ProgramResult("spectractl", ["bundle", "check", into + "/tests"], in: folder)
    #expect(check.status == 0, "\(check.errors)")
    let again = try install(ProjectFiles.bundle, into, folder)
    #expect(again.status == 0)
    #expect(again.output.contains("the same bundle is installed already"))
    #expect(try FileManager.default.contentsOfDirectory(atPath: into) == ["tests"])
  }

  @Test func `everyone may read it, whatever the umask says`() throws {
    let folder = try TemporaryFolder()
    let into = folder.path("bundles")
    let program = RunningProgram.path(of: "spectractl")
    let shell = Process()
    shell.executableURL = URL(filePath: "/bin/sh")
    shell.arguments = [
      "-c", "umask 077; exec '\(program)' bundle install '\(ProjectFiles.bundle)' --into '\(into)'",
    ]
    try shell.run()
    shell.waitUntilExit()
    #expect(shell.terminationStatus == 0)
    let attributes = { (path: String) in
      try FileManager.default.attributesOfItem(atPath: path)[.posixPermissions] as? Int
    }
    #expect(try attributes(into + "/tests") == 0o755)
    #expect(try attributes(into + "/tests/ripeness") == 0o755)
    #expect(try attributes(into + "/tests/ripeness/0.onnx") == 0o644)
  }

  @Test func `another bundle of the same name and version is kept, unless it is to go`() throws {
    let folder = try TemporaryFolder()
    let into = folder.path("bundles")
    #expect(try install(ProjectFiles.bundle, into, folder).status == 0)
    let other = folder.path("other")
    try FileManager.default.copyItem(atPath: ProjectFiles.bundle, toPath: other)
    let manifest = URL(filePath: other + "/bundle.json")
    let text = try String(contentsOf: manifest, encoding: .utf8)
    try Data((text + "\n").utf8).write(to: manifest)
    let refused = try install(other, into, folder)
    #expect(refused.status == 73)
    #expect(refused.errors.contains("another bundle tests@1.0.0 is installed"))
    let installed = URL(filePath: into + "/tests/bundle.json")
    #expect(try String(contentsOf: installed, encoding: .utf8) == text)
    let replaced = try install(other, into, folder, "--replace")
    #expect(replaced.output.contains("installed, in place of 1.0.0"), "\(replaced.errors)")
    #expect(try String(contentsOf: installed, encoding: .utf8) == text + "\n")
    #expect(try FileManager.default.contentsOfDirectory(atPath: into) == ["tests"])
  }

  @Test func `a bundle that fails its checks is not installed`() throws {
    let folder = try TemporaryFolder()
    let broken = folder.path("broken")
    try FileManager.default.copyItem(atPath: ProjectFiles.bundle, toPath: broken)
    let network = URL(filePath: broken + "/ripeness/0.onnx")
    var bytes = try Data(contentsOf: network)
    bytes[1_000] ^= 1
    try bytes.write(to: network)
    let result = try install(broken, folder.path("bundles"), folder)
    #expect(result.status == 65)
    #expect(result.errors.contains("its SHA-256 is "))
    #expect(!folder.exists("bundles"))
  }

  @Test func `a damaged bundle makes room only when it is told to`() throws {
    let folder = try TemporaryFolder()
    let into = folder.path("bundles")
    #expect(try install(ProjectFiles.bundle, into, folder).status == 0)
    try FileManager.default.removeItem(atPath: into + "/tests/golden.json")
    let refused = try install(ProjectFiles.bundle, into, folder)
    #expect(refused.status == 73)
    #expect(refused.errors.contains("no good bundle"))
    let replaced = try install(ProjectFiles.bundle, into, folder, "--replace")
    #expect(replaced.output.contains("in place of 1.0.0") || replaced.output.contains("damaged"))
    #expect(FileManager.default.fileExists(atPath: into + "/tests/golden.json"))
  }

  private func install(
    _ bundle: String,
    _ into: String,
    _ folder: TemporaryFolder,
    _ options: String...
  ) throws -> ProgramResult {
    try ProgramResult(
      "spectractl",
      ["bundle", "install", bundle, "--into", into] + options,
      in: folder
    )
  }
}
