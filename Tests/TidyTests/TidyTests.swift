import Testing

/// The house rules that a machine can check; each failure says what to do instead.
@Suite struct TidyTests {
  private static let sources = SourceTree.swiftFiles(in: ["Sources", "simulator"])
  private static let everything = SourceTree.swiftFiles(
    in: ["Sources", "simulator", "Tests", "Fuzz", "Benchmarks"]
  )

  @Test func `the sources are found`() {
    #expect(TidyTests.sources.count > 20)
  }

  /// Which of our modules each module may import: the arrows of ARCHITECTURE.md.
  private static let arrows: [String: Set<String>] = [
    "Spectra": [],
    "Chemometrics": ["Spectra"],
    "QuantizedNetwork": ["Spectra", "Int8Kernels"],
    "Acquisition": ["Spectra", "CLinux", "CLibUSB"],
    "Streaming": ["Spectra", "CLinux"],
    "Store": ["Spectra", "CSQLite"],
    "LocalSockets": [],
    "Varlink": ["Spectra", "LocalSockets"],
    "Publishing": ["Spectra", "LocalSockets"],
    "Service": [
      "Spectra", "Chemometrics", "QuantizedNetwork", "Acquisition", "Streaming", "Publishing",
      "Store", "Varlink", "LocalSockets", "CLinux", "CSystemd",
    ],
    "spectrad": ["Service", "Spectra"],
    "spectractl": [
      "Service", "Spectra", "Chemometrics", "QuantizedNetwork", "Publishing", "Acquisition",
      "Varlink",
    ],
    "simulator": ["Spectra"],
  ]

  @Test(arguments: sources)
  func `a module imports only what its arrow allows`(file: SourceTree.File) {
    let ours = Set(TidyTests.arrows.keys).union([
      "Int8Kernels", "CLinux", "CLibUSB", "CSQLite", "CSystemd",
    ])
    for line in file.lines where line.contains("import ") {
      guard let name = importedModule(line) else { continue }
      #expect(
        name != "Foundation",
        "\(file.path) imports Foundation (ICU, +45 MB): use FoundationEssentials or Glibc"
      )
      guard ours.contains(name) else { continue }
      let allowed = TidyTests.arrows[file.module, default: []].contains(name)
      #expect(allowed, "\(file.path) imports \(name): move the code to where the arrow allows it")
    }
  }

  @Test(arguments: everything)
  func `a file is one thing of at most 300 lines`(file: SourceTree.File) {
    #expect(file.lines.count <= 301, "\(file.path) has \(file.lines.count) lines: split it by verb")
  }

  @Test(arguments: everything)
  func `a function fits on a screen of 60 lines`(file: SourceTree.File) {
    for (name, count) in functionLengths(file.lines) {
      #expect(count <= 60, "\(file.path): \(name) has \(count) lines: give its parts names")
    }
  }

  private static let bagNames = ["Manager", "Helper", "Utils", "Common", "Handler", "Info"]

  @Test(arguments: sources)
  func `no type has a bag name`(file: SourceTree.File) {
    for line in file.lines {
      guard let type = declaredType(line) else { continue }
      for bag in TidyTests.bagNames where type.hasSuffix(bag) {
        // SwiftNIO's own word for a stage of a channel.
        if bag == "Handler", file.module == "Publishing" || file.module == "simulator" { continue }
        Issue.record("\(file.path): \(type): name what it is, not that it is a \(bag)")
      }
    }
  }

  @Test(arguments: sources)
  func `what the compiler cannot check has a reason above it`(file: SourceTree.File) {
    for (index, line) in file.lines.enumerated()
    where line.contains("@unchecked Sendable") || line.contains("nonisolated(unsafe)") {
      let above = file.lines[max(0, index - 12)..<index]
      let hasReason = above.contains { $0.contains("//") }
      #expect(hasReason, "\(file.path):\(index + 1): say above it why this is safe")
    }
  }

  @Test(arguments: sources)
  func `every package declaration is documented`(file: SourceTree.File) {
    for (index, line) in file.lines.enumerated() where isPackageDeclaration(line) {
      var above = index - 1
      while above >= 0, isBetween(file.lines[above]) { above -= 1 }
      let isDocumented = above >= 0 && file.lines[above].contains("///")
      #expect(isDocumented, "\(file.path):\(index + 1): add a /// sentence: \(line)")
    }
  }

  @Test(arguments: everything)
  func `nothing is left for later`(file: SourceTree.File) {
    let words = ["TO" + "DO", "FIX" + "ME", "// XX" + "X", "// HA" + "CK"]
    for (index, line) in file.lines.enumerated() {
      for word in words where line.contains(word) {
        Issue.record("\(file.path):\(index + 1): do it now or open an issue: \(word)")
      }
    }
  }
}

private func importedModule(_ line: String) -> String? {
  let words = line.split(separator: " ")
  guard let index = words.firstIndex(of: "import"), index + 1 < words.count else { return nil }
  guard words[..<index].allSatisfy({ $0 == "package" || $0 == "public" || $0.hasPrefix("@") })
  else { return nil }
  return words[index + 1].split(separator: ".").first.map(String.init)
}

private func declaredType(_ line: String) -> String? {
  let words = line.split { " :<{(".contains($0) }
  guard
    let index = words.firstIndex(where: { ["struct", "class", "enum", "protocol"].contains($0) })
  else { return nil }
  guard index + 1 < words.count, !line.contains("//") else { return nil }
  return String(words[index + 1])
}

/// Whether a line may stand between a documentation comment and its declaration.
private func isBetween(_ line: String) -> Bool {
  let trimmed = line.drop(while: \.isWhitespace)
  return trimmed.hasPrefix("@") || (trimmed.hasPrefix("//") && !trimmed.hasPrefix("///"))
}

private func isPackageDeclaration(_ line: String) -> Bool {
  let words = line.split(separator: " ")
  guard words.contains("package"), !words.contains("import"), !line.contains("//") else {
    return false
  }
  let kinds: Set<Substring> = [
    "func", "var", "let", "struct", "class", "enum", "protocol", "typealias", "case",
  ]
  // Conformances that repeat a documented requirement need no second sentence.
  for repeated in [
    "var description", "static func <", "static func ==", "func hash(", "let rawValue",
  ]
  where line.contains(repeated) { return false }
  guard let first = words.first, first == "package" || first == "static" || first.hasPrefix("@")
  else { return false }
  return words.contains { kinds.contains($0) } || line.contains("package init")
}

/// The functions of a file with the lengths of their bodies, told by the formatter's indentation.
private func functionLengths(_ lines: [String]) -> [(String, Int)] {
  var result: [(String, Int)] = []
  for (index, line) in lines.enumerated()
  where line.contains("func ") || line.contains("init(") || line.contains("init<") {
    guard !line.contains("//"), line.hasSuffix("{") || line.hasSuffix("(") else { continue }
    let indentation = line.prefix(while: { $0 == " " })
    guard let end = lines[(index + 1)...].firstIndex(of: indentation + "}") else { continue }
    let signatureEnd = lines[index...end].firstIndex { line in
      line.hasSuffix("{") && line.prefix(while: { $0 == " " }) == indentation
    }
    let name = line.split(separator: "(").first.map(String.init) ?? line
    result.append((name, end - (signatureEnd ?? index) + 1))
  }
  return result
}
