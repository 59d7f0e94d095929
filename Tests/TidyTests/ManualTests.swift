import Foundation
import Testing

/// What manual pages promise to be complete about.
@Suite struct ManualTests {
  /// A key of the configuration, as its source declares it.
  struct Key: CustomTestStringConvertible {
    let name: String
    let defaultText: String
    var testDescription: String { name }
    /// The name in the file: `sample.silenceSeconds` is `SAMPLE_SILENCE_SECONDS`.
    var fileName: String {
      name.map { $0 == "." ? "_" : $0.isUppercase ? "_\($0)" : $0.uppercased() }.joined()
    }
  }

  private static func text(_ path: String) -> String {
    let file = SourceTree.root.appending(path: path)
    return (try? String(contentsOf: file, encoding: .utf8)) ?? ""
  }

  private static let keys: [Key] = {
    let source = text("Sources/Service/Configuration/ConfigurationKey.swift")
    return source.matches(of: /name: "([^"]+)",\s+defaultText: "([^"]*)"/).map {
      Key(name: String($0.1), defaultText: String($0.2))
    }
  }()

  @Test(arguments: keys)
  func `spectrad.conf(5) has every key with its default`(key: Key) {
    let page = ManualTests.text("docs/man/spectrad.conf.5").replacing("\\-", with: "-")
    let entry = ".BR \(key.fileName)=\(key.defaultText) \" (\(key.name))\"\n"
    #expect(page.contains(entry), "docs/man/spectrad.conf.5: add the entry \(entry)")
  }

  @Test func `the keys and the names of the stream are found`() {
    #expect(ManualTests.keys.count > 20)
    #expect(ManualTests.streamTypes.count == 8)
    #expect(ManualTests.reasons.count == 23)
  }

  /// The objects of the stream and what they are made of.
  private static let streamObjects = [
    "Hello", "Bundle", "ScannerState", "ScannerEvent", "Reference", "Target", "Quality",
    "Prediction", "BundleEvent", "ScansLost", "Gap", "Heartbeat", "Bye",
  ]

  /// A member of an object, with the comment above it.
  struct Member: CustomTestStringConvertible {
    let object: String
    let name: String
    let comment: String
    var testDescription: String { "\(object).\(name)" }
  }

  private static let members: [Member] = {
    var result: [Member] = []
    var object = ""
    var comment = ""
    let interface = text("Sources/Varlink/Interface/io.spectrad.varlink")
    for line in interface.split(separator: "\n") {
      if let type = line.firstMatch(of: /^type (\w+) \(/) {
        object = String(type.1)
      } else if line == ")" {
        object = ""
      } else if let words = line.firstMatch(of: /^ +# (.*)/) {
        comment += words.1 + " "
      } else if let member = line.firstMatch(of: /^ +(\w+):/) {
        if streamObjects.contains(object) {
          result.append(Member(object: object, name: String(member.1), comment: comment))
        }
        comment = ""
      }
    }
    return result
  }()

  /// What `type` may be, from the comments that say what it always is.
  private static let streamTypes = members.filter { $0.name == "type" }.compactMap {
    $0.comment.firstMatch(of: /Always (\w+)\./).map { String($0.1) }
  }

  /// The words that the comments list as reasons; what stands in parentheses explains them.
  private static let reasons: [String] = members.filter { $0.name.hasPrefix("reason") }.flatMap {
    member -> [String] in
    let list = member.comment.replacing(/\([^)]*\)/, with: "").split(separator: ":").last ?? ""
    return list.replacing(" or ", with: ",").split(separator: ",").compactMap { part in
      let word = part.trimmingCharacters(in: .whitespaces.union(["."]))
      return word.contains(" ") || word.contains(";") ? nil : word
    }
  }

  @Test(arguments: members)
  func `spectrad-stream(5) has every member`(member: Member) {
    let words = ManualTests.text("docs/man/spectrad-stream.5").split {
      !$0.isLetter && !$0.isNumber
    }
    let isThere = words.contains { $0 == member.name }
    #expect(isThere, "docs/man/spectrad-stream.5: say what \(member.name) is: \(member.comment)")
  }

  @Test(arguments: streamTypes)
  func `spectrad-stream(5) has every type`(type: String) {
    let page = ManualTests.text("docs/man/spectrad-stream.5")
    #expect(page.contains("\n.SS \(type)\n"), "docs/man/spectrad-stream.5: add .SS \(type)")
  }

  @Test(arguments: reasons)
  func `spectrad-stream(5) has every reason`(reason: String) {
    let page = ManualTests.text("docs/man/spectrad-stream.5")
    #expect(page.contains("\n.B \(reason)\n"), "docs/man/spectrad-stream.5: add .B \(reason)")
  }
}
