import Foundation
import Service
import Testing

/// The files that a manifest names: their digests, the networks in them, the golden answers.
@Suite struct BundleFilesTests {
  @Test func `a folder without a manifest is no bundle`() throws {
    let copy = try BundleCopy()
    try copy.remove("bundle.json")
    #expect(
      copy.refusal()
        == .unreadable(path: copy.path("bundle.json"), reason: "No such file or directory")
    )
  }

  @Test func `a manifest that is no JSON is refused`() throws {
    let copy = try BundleCopy()
    try copy.overwrite("bundle.json", with: "{\"format\":1,")
    guard case .malformed(copy.path("bundle.json"), "the file", _) = copy.refusal() else {
      Issue.record("\(copy.refusal()?.description ?? "was accepted")")
      return
    }
  }

  @Test func `a missing network is told by its file`() throws {
    let copy = try BundleCopy()
    try copy.remove("sweetness/1.onnx")
    #expect(
      copy.refusal()
        == .unreadable(path: copy.path("sweetness/1.onnx"), reason: "No such file or directory")
    )
  }

  @Test(arguments: ["ripeness/0.onnx", "golden.json"])
  func `a file with other bytes than the manifest says is refused`(name: String) throws {
    let copy = try BundleCopy()
    var bytes = try Data(contentsOf: URL(filePath: copy.path(name)))
    bytes[bytes.count / 2] ^= 1
    try bytes.write(to: URL(filePath: copy.path(name)))
    guard case .digest(copy.path(name), let found, let expected) = copy.refusal() else {
      Issue.record("\(copy.refusal()?.description ?? "was accepted")")
      return
    }
    let manifest = try String(contentsOfFile: copy.path("bundle.json"), encoding: .utf8)
    #expect(manifest.contains(expected))
    #expect(found.count == 64 && found != expected)
  }

  @Test func `digests may be written in capitals`() throws {
    let copy = try BundleCopy()
    let manifest = try String(contentsOfFile: copy.path("bundle.json"), encoding: .utf8)
    let start = try #require(manifest.range(of: "\"sha256\":\""))
    let digest = String(manifest[start.upperBound...].prefix(64))
    try copy.replace(digest, by: digest.uppercased(), in: "bundle.json")
    #expect(copy.refusal() == nil)
  }

  @Test func `a network must have one output per class`() throws {
    let copy = try BundleCopy()
    try copy.replace("[\"low\",\"ok\",\"high\"]", by: "[\"low\",\"high\"]", in: "bundle.json")
    #expect(
      copy.refusal()
        == .network(
          path: copy.path("ripeness/0.onnx"),
          problem: "found outputs of shape [[1, 3]], expected one of shape [1, 2]"
        )
    )
  }

  @Test func `a network must read the image that the target draws`() throws {
    let copy = try BundleCopy()
    try copy.replace("[\"mtf\",\"gasf\"]", by: "[\"mtf\"]", in: "bundle.json")
    #expect(
      copy.refusal()
        == .network(
          path: copy.path("sweetness/0.onnx"),
          problem: "found inputs of shape [[1, 2, 85, 85], [1, 7]], "
            + "expected [1, 1, 85, 85], with or without [1, 7]"
        )
    )
  }

  @Test func `a file that is no network is refused`() throws {
    let copy = try BundleCopy()
    try copy.overwrite("ripeness/0.onnx", with: "no network")
    try copy.correctDigests()
    guard case .network(copy.path("ripeness/0.onnx"), _) = copy.refusal() else {
      Issue.record("\(copy.refusal()?.description ?? "was accepted")")
      return
    }
  }

  @Test(arguments: [(0, 0, 2), (1, 1, 3)])
  func `a golden probability that does not come out is told`(
    caseIndex: Int,
    target: Int,
    class classIndex: Int
  ) throws {
    let copy = try BundleCopy()
    var recorded = 0.0
    try copy.changeAnswer(case: caseIndex, target: target) { answer in
      answer.probabilities[classIndex] += 0.02
      recorded = answer.probabilities[classIndex]
    }
    let name = ["ripeness", "sweetness"][target]
    try expectDifference(
      copy.refusal(),
      place: "cases[\(caseIndex)].targets “\(name)”.probabilities[\(classIndex)]",
      recorded: "\(recorded)",
      difference: 0.02,
      tolerance: 0.001
    )
  }

  @Test func `a golden probability within the tolerance is accepted`() throws {
    let copy = try BundleCopy()
    try copy.changeAnswer { $0.probabilities[0] += 0.009 }
    #expect(copy.refusal() == nil)
  }

  @Test func `a golden meta-feature that does not come out is told`() throws {
    let copy = try BundleCopy()
    var recorded = 0.0
    try copy.changeAnswer(case: 1) { answer in
      answer.metaFeatures[6] -= 2e-4
      recorded = answer.metaFeatures[6]
    }
    try expectDifference(
      copy.refusal(),
      place: "cases[1].targets “ripeness”.metaFeatures[6]",
      recorded: "\(recorded)",
      difference: -2e-4,
      tolerance: 2e-5
    )
  }

  /// The place and the recorded number are exact; the computed one lies the difference away.
  private func expectDifference(
    _ error: BundleError?,
    place: String,
    recorded: String,
    difference: Double,
    tolerance: Double
  ) throws {
    guard case .golden(_, place, let found, recorded) = error else {
      Issue.record("expected \(place) \(recorded), found \(error?.description ?? "no error")")
      return
    }
    let distance = try #require(Double(recorded)) - (try #require(Double(found)))
    #expect(abs(distance - difference) < tolerance)
  }

  @Test func `a few bytes of the golden image may be off by one`() throws {
    let copy = try BundleCopy()
    try copy.changeAnswer { answer in
      try answer.changeImage { changeInnerBytes(&$0, count: 21) }
    }
    #expect(copy.refusal() == nil)
  }

  @Test func `too many bytes of the golden image off by one are told`() throws {
    let copy = try BundleCopy()
    try copy.changeAnswer { answer in
      try answer.changeImage { changeInnerBytes(&$0, count: 22) }
    }
    guard case .golden(copy.path("golden.json"), let place, _, _) = copy.refusal() else {
      Issue.record("\(copy.refusal()?.description ?? "was accepted")")
      return
    }
    #expect(place.hasPrefix("cases[0].targets “ripeness”.image, byte "))
    #expect(place.hasSuffix(", difference 22 of 21675"))
  }

  @Test func `one byte of the golden image off by two is told`() throws {
    let copy = try BundleCopy()
    var recorded: UInt8 = 0
    try copy.changeAnswer(target: 1) { answer in
      try answer.changeImage { bytes in
        bytes[85] = bytes[85] < 128 ? bytes[85] + 2 : bytes[85] - 2
        recorded = bytes[85]
      }
    }
    guard case .golden(copy.path("golden.json"), let place, _, "\(recorded)") = copy.refusal()
    else {
      Issue.record("\(copy.refusal()?.description ?? "was accepted")")
      return
    }
    #expect(place == "cases[0].targets “sweetness”.image, byte 85, difference 1 of 14450")
  }

  /// Moves bytes by one step, only such as have a step to go in both directions.
  private func changeInnerBytes(_ bytes: inout [UInt8], count: Int) {
    var left = count
    for index in bytes.indices where left > 0 && (10..<245).contains(bytes[index]) {
      bytes[index] = left % 2 == 0 ? bytes[index] + 1 : bytes[index] - 1
      left -= 1
    }
  }

  @Test func `an image of another size is refused`() throws {
    let copy = try BundleCopy()
    try copy.changeAnswer { $0.image = "AAAA" }
    #expect(
      copy.refusal()
        == .invalid(
          path: copy.path("golden.json"),
          place: "cases[0].targets “ripeness”.image",
          found: "4 characters",
          expected: "base64 of 21675 bytes"
        )
    )
  }

  @Test func `a target without a golden answer is refused`() throws {
    let copy = try BundleCopy()
    try copy.changeAnswer(target: 1) { $0.name = "bitterness" }
    #expect(
      copy.refusal()
        == .invalid(
          path: copy.path("golden.json"),
          place: "cases[0].targets",
          found: "no answer for “sweetness”",
          expected: "one for each target"
        )
    )
  }

  @Test func `a bundle without golden cases is refused`() throws {
    let copy = try BundleCopy()
    try copy.overwrite("golden.json", with: "{\"cases\":[]}")
    try copy.correctDigests()
    #expect(
      copy.refusal()
        == .invalid(
          path: copy.path("golden.json"),
          place: "cases",
          found: "none",
          expected: "at least one"
        )
    )
  }
}
