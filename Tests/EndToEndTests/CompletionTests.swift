import Foundation
import Testing

/// What the shells complete: `scripts/install.sh` asks the programs themselves.
@Suite struct CompletionTests {
  @Test(arguments: [
    (["spectractl", "sam"], ["sample"]), (["spectractl", "sample", "be"], ["begin"]),
    (["spectractl", "check", "--base"], ["--baseline"]),
    (["spectractl", "bundle", "in"], ["install"]),
  ])
  func `bash completes commands and options`(words: [String], expected: [String]) throws {
    let folder = try TemporaryFolder()
    let script = try ProgramResult(
      "spectractl",
      ["--generate-completion-script", "bash"],
      in: folder
    )
    let file = folder.path("spectractl.bash")
    try script.output.write(toFile: file, atomically: true, encoding: .utf8)
    let shell = Process()
    let output = Pipe()
    shell.executableURL = URL(filePath: "/bin/bash")
    let list = words.map { "'\($0)'" }.joined(separator: " ")
    shell.arguments = [
      "-c",
      """
      source '\(file)'; COMP_WORDS=(\(list)); COMP_CWORD=\(words.count - 1)
      COMP_LINE='\(words.joined(separator: " "))'; COMP_POINT=${#COMP_LINE}
      _spectractl spectractl '\(words.last ?? "")' '\(words.dropLast().last ?? "")'
      printf '%s\\n' "${COMPREPLY[@]}"
      """,
    ]
    shell.standardOutput = output
    try shell.run()
    let text = String(decoding: output.fileHandleForReading.readDataToEndOfFile(), as: UTF8.self)
    shell.waitUntilExit()
    let found = text.split(separator: "\n").map { $0.trimmingCharacters(in: .whitespaces) }
    #expect(found == expected)
  }

  @Test(arguments: ["spectrad", "spectractl", "spectrasim"])
  func `each program describes itself to zsh`(program: String) throws {
    let folder = try TemporaryFolder()
    let script = try ProgramResult(program, ["--generate-completion-script", "zsh"], in: folder)
    #expect(script.status == 0)
    #expect(script.output.hasPrefix("#compdef \(program)\n"))
  }
}
