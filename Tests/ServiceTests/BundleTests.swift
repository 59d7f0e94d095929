import Service
import Testing

/// One damage to `bundle.json` and what must be said of it.
struct Damage: Sendable, CustomTestStringConvertible {
  /// The first text that is replaced, and by what.
  let text: String
  let replacement: String
  let place: String
  let found: String
  let expected: String

  init(_ text: String, _ replacement: String, _ place: String, _ found: String, _ expected: String)
  {
    (self.text, self.replacement) = (text, replacement)
    (self.place, self.found, self.expected) = (place, found, expected)
  }

  var testDescription: String { "\(place): \(replacement)" }
}

@Suite struct BundleTests {
  @Test func `the bundle is good and answers its golden cases`() throws {
    let classifier = try BundleClassifier(try BundleLoader.load(folder: BundleCopy.goldenPath))
    let bundle = classifier.bundle
    #expect(bundle.label == "tests@1.0.0")
    #expect(bundle.isDemonstration)
    #expect(bundle.goldenCaseCount == 2)
    #expect(bundle.window.count == 85)
    #expect(bundle.targets.map(\.name) == ["ripeness", "sweetness"])
    #expect(bundle.targets.map(\.members.count) == [1, 2])
    #expect(bundle.targets[1].classes == ["sour", "bland", "sweet", "cloying"])
    #expect(bundle.digest.count == 64)
  }

  @Test func `a bundle that does not say so is for demonstration`() throws {
    let copy = try BundleCopy()
    try copy.replace("\"demonstration\":true,", by: "", in: "bundle.json")
    #expect(try BundleLoader.load(folder: copy.path).isDemonstration)
    try copy.replace("\"format\":1", by: "\"format\":1,\"demonstration\":false", in: "bundle.json")
    #expect(try !BundleLoader.load(folder: copy.path).isDemonstration)
  }

  private static let damages = [
    Damage("\"format\":1", "\"format\":2", "format", "2", "1"),
    Damage(
      "\"name\":\"tests\"",
      "\"name\":\"te sts\"",
      "name",
      "“te sts”",
      "1 to 64 ASCII letters, digits and “._-”, the first a letter or digit"
    ),
    Damage(
      "\"points\":170",
      "\"points\":1",
      "axis",
      "1 points from 900.0 to 1700.0 nm",
      "2 to 864 points that rise"
    ),
    Damage(
      "\"startNanometres\":900",
      "\"startNanometres\":1900",
      "axis",
      "170 points from 1900.0 to 1700.0 nm",
      "2 to 864 points that rise"
    ),
    Damage(
      "\"startNanometres\":950",
      "\"startNanometres\":1351",
      "window",
      "0 points of the axis",
      "at least 8"
    ),
    Damage(
      "\"startNanometres\":950",
      "\"startNanometres\":1320",
      "window",
      "7 points of the axis",
      "at least 8"
    ),
    Damage(
      "\"falling\":[",
      "\"falling\":[1.0,",
      "signatures.falling",
      "86 numbers",
      "85, one per point of the window"
    ),
    Damage(
      "[\"falling\",\"flat\"]",
      "[\"falling\",\"fat\"]",
      "targets[0].net.subtract",
      "“fat”",
      "a name of “signatures”: falling, flat, rising"
    ),
    Damage(
      "[\"low\",\"ok\",\"high\"]",
      "[\"low\",\"ok\",\"ok\"]",
      "targets[0].classes",
      "[\"low\", \"ok\", \"ok\"]",
      "2 to 16 different names"
    ),
    Damage(
      "\"name\":\"sweetness\"",
      "\"name\":\"ripeness\"",
      "targets[1].name",
      "“ripeness” again",
      "every name only once"
    ),
    Damage(
      "\"kind\":\"snv\"",
      "\"kind\":\"msc\"",
      "targets[0].scaling.kind",
      "“msc”",
      "“snv” or “global”"
    ),
    Damage(
      "\"kind\":\"global\",\"mean\"",
      "\"kind\":\"global\",\"median\"",
      "targets[1].scaling",
      "global scaling without both numbers",
      "“mean” and “standardDeviation”"
    ),
    Damage(
      "\"gadf\"",
      "\"gafd\"",
      "targets[0].image.channels[1]",
      "“gafd”",
      "“gasf”, “gadf”, “mtf”"
    ),
    Damage(
      "\"geometricMean\"",
      "\"mean\"",
      "targets[0].combine",
      "“mean”",
      "“geometricMean”"
    ),
    Damage(
      "\"minimumProbability\":0.3",
      "\"minimumProbability\":1.5",
      "targets[1].abstain.minimumProbability",
      "1.5",
      "0 to 1"
    ),
    Damage(
      "\"reference\":\"factory\"",
      "\"reference\":\"white\"",
      "reference",
      "“white”",
      "“factory” or “user”"
    ),
    Damage(
      "\"minimumSignalCounts\":50",
      "\"minimumSignalCounts\":-1",
      "quality.minimumSignalCounts",
      "-1.0",
      "0 to 2147483647 counts"
    ),
    Damage(
      "\"file\":\"ripeness/0.onnx\"",
      "\"file\":\"../0.onnx\"",
      "targets[0].members[0].file",
      "“../0.onnx”",
      "a path inside the bundle's folder"
    ),
    Damage(
      "\"file\":\"ripeness/0.onnx\"",
      "\"file\":\"/etc/passwd\"",
      "targets[0].members[0].file",
      "“/etc/passwd”",
      "a path inside the bundle's folder"
    ),
    Damage(
      "\"file\":\"golden.json\"",
      "\"file\":\"a/../../golden.json\"",
      "golden.file",
      "“a/../../golden.json”",
      "a path inside the bundle's folder"
    ),
  ]

  @Test(arguments: damages)
  func `what the manifest says wrongly is told with its place`(damage: Damage) throws {
    let copy = try BundleCopy()
    try copy.replace(damage.text, by: damage.replacement, in: "bundle.json")
    let error = BundleError.invalid(
      path: copy.path("bundle.json"),
      place: damage.place,
      found: damage.found,
      expected: damage.expected
    )
    #expect(copy.refusal() == error)
    #expect(
      error.description == "\(copy.path)/bundle.json: \(damage.place): found \(damage.found), "
        + "expected \(damage.expected)"
    )
  }

  @Test(
    arguments: [
      ("\"window\":5", "\"window\":6", "savitzkyGolay.window is 6, expected an odd number"),
      ("\"order\":1", "\"order\":3", "scatterCorrection.order is 3, expected 0 to 2"),
      ("\"mtfBins\":5", "\"mtfBins\":1", "image.mtfBins is 1, expected 2 to 32"),
      (
        "\"gasf\",\"gadf\"", "\"gasf\",\"gasf\"",
        "image.channels names gasf twice, expected each channel at most once"
      ),
      (
        "\"clusters\":[[", "\"clusters\":[[0.0,",
        "metaFeatures.clusters[0] has 86 elements, expected 85"
      ),
    ]
  )
  func `constants that the steps cannot use are refused`(
    text: String,
    replacement: String,
    problem: String
  ) throws {
    let copy = try BundleCopy()
    try copy.replace(text, by: replacement, in: "bundle.json")
    #expect(
      copy.refusal()
        == .malformed(path: copy.path("bundle.json"), place: "targets[0]", problem: problem)
    )
  }

  @Test(
    arguments: [
      ("\"version\":\"1.0.0\",", "", "the file", "found no member “version”, expected one"),
      (
        "\"points\":170", "\"points\":\"170\"", "axis.points",
        "found another type, expected a number"
      ),
      ("\"points\":170", "\"points\":null", "axis.points", "found null, expected a number"),
      (
        "\"classes\":[", "\"classes\":[1,", "targets[0].classes[0]",
        "found another type, expected a text"
      ),
    ]
  )
  func `a manifest of another form is told with its place`(
    text: String,
    replacement: String,
    place: String,
    problem: String
  ) throws {
    let copy = try BundleCopy()
    try copy.replace(text, by: replacement, in: "bundle.json")
    #expect(
      copy.refusal() == .malformed(path: copy.path("bundle.json"), place: place, problem: problem)
    )
  }

  @Test(arguments: ["1e999", "-1e999", "NaN", "Infinity"])
  func `a number that is not finite is refused`(number: String) throws {
    let copy = try BundleCopy()
    try copy.replace("\"flat\":[", by: "\"flat\":[\(number),", in: "bundle.json")
    guard case .malformed(copy.path("bundle.json"), _, let problem) = copy.refusal() else {
      Issue.record("\(copy.refusal()?.description ?? "was accepted")")
      return
    }
    #expect(!problem.isEmpty)
  }

  @Test func `what training has yet to find out may be missing from a draft only`() throws {
    let copy = try BundleCopy()
    try copy.cut(from: ",\"golden\":{", through: "}", by: "")
    let path = copy.path("bundle.json")
    #expect(
      copy.refusal()
        == .invalid(
          path: path,
          place: "golden",
          found: "nothing",
          expected: "a file of golden cases"
        )
    )
    try copy.cut(from: "\"members\":[", through: "]", by: "\"members\":[]")
    #expect(
      copy.refusal()
        == .invalid(
          path: path,
          place: "targets[0].members",
          found: "0 networks",
          expected: "1 to 64"
        )
    )
    try copy.replace("\"metaFeatures\":", by: "\"otherFeatures\":", in: "bundle.json")
    #expect(
      copy.refusal()
        == .invalid(
          path: path,
          place: "targets[0].metaFeatures",
          found: "nothing",
          expected: "an object"
        )
    )
    #expect(copy.refusal(.draft) == nil)
  }
}
