import Chemometrics
import Spectra

/// The parts of one target, and what the whole bundle names.
extension ManifestCheck {
  func net(
    _ target: TargetManifest,
    place: String
  ) throws(BundleError) -> TargetConstants.NetSignal? {
    guard let net = target.net else { return nil }
    return TargetConstants.NetSignal(
      added: try named(net.add ?? [], place: "\(place).net.add"),
      subtracted: try named(net.subtract ?? [], place: "\(place).net.subtract")
    )
  }

  private func named(_ names: [String], place: String) throws(BundleError) -> [[Double]] {
    var result: [[Double]] = []
    for name in names {
      guard let signature = signatures[name] else {
        throw invalid(
          place,
          found: "“\(name)”",
          expected: "a name of “signatures”: " + signatures.keys.sorted().joined(separator: ", ")
        )
      }
      result.append(signature)
    }
    return result
  }

  func scaling(
    _ target: TargetManifest,
    place: String
  ) throws(BundleError) -> TargetConstants.Scaling {
    let described = target.scaling
    switch described.kind {
    case "snv": return .snv
    case "global":
      guard let mean = described.mean, let deviation = described.standardDeviation else {
        throw invalid(
          "\(place).scaling",
          found: "global scaling without both numbers",
          expected: "“mean” and “standardDeviation”"
        )
      }
      return .global(mean: mean, standardDeviation: deviation)
    default:
      throw invalid(
        "\(place).scaling.kind",
        found: "“\(described.kind)”",
        expected: "“snv” or “global”"
      )
    }
  }

  /// A draft's missing constants leave the features as they are.
  func metaFeatures(
    _ target: TargetManifest,
    place: String
  ) throws(BundleError) -> TargetConstants.MetaFeatures {
    if let described = target.metaFeatures {
      return TargetConstants.MetaFeatures(
        pcaMean: described.pca.mean,
        loadings: described.pca.loadings,
        variances: described.pca.variances,
        clusters: described.clusters,
        mean: described.mean,
        standardDeviation: described.standardDeviation
      )
    }
    guard completeness == .draft else {
      throw invalid("\(place).metaFeatures", found: "nothing", expected: "an object")
    }
    let zeros = [Double](repeating: 0, count: channels)
    return TargetConstants.MetaFeatures(
      pcaMean: zeros,
      loadings: [zeros, zeros],
      variances: [1, 1],
      clusters: [zeros, zeros],
      mean: [Double](repeating: 0, count: TargetConstants.metaFeatureCount),
      standardDeviation: [Double](repeating: 1, count: TargetConstants.metaFeatureCount)
    )
  }

  func image(_ target: TargetManifest, place: String) throws(BundleError) -> TargetConstants.Image {
    var channels: [TargetConstants.ImageChannel] = []
    for (index, name) in target.image.channels.enumerated() {
      guard let channel = TargetConstants.ImageChannel(rawValue: name) else {
        throw invalid(
          "\(place).image.channels[\(index)]",
          found: "“\(name)”",
          expected: TargetConstants.ImageChannel.allCases.map { "“\($0.rawValue)”" }
            .joined(separator: ", ")
        )
      }
      channels.append(channel)
    }
    return TargetConstants.Image(channels: channels, mtfBins: target.image.mtfBins.value)
  }

  func members(
    _ target: TargetManifest,
    place: String
  ) throws(BundleError) -> [ModelBundle.MemberFile] {
    let described = target.members ?? []
    let least = completeness == .complete ? 1 : 0
    guard (least...Limits.ensembleMembers).contains(described.count) else {
      throw invalid(
        "\(place).members",
        found: "\(described.count) networks",
        expected: "\(least) to \(Limits.ensembleMembers)"
      )
    }
    var files: [ModelBundle.MemberFile] = []
    for (index, member) in described.enumerated() {
      files.append(
        try BundleLoader.read(
          member.file,
          sha256: member.sha256,
          folder: folder,
          place: "\(place).members[\(index)].file",
          limitBytes: Limits.networkFileBytes
        )
      )
    }
    return files
  }

  func golden(_ manifest: BundleManifest) throws(BundleError) -> ModelBundle.Golden? {
    guard completeness == .complete else { return nil }
    guard let file = manifest.golden else {
      throw invalid("golden", found: "nothing", expected: "a file of golden cases")
    }
    return try BundleLoader.readGolden(file, folder: folder)
  }

  func gates(_ manifest: BundleManifest) throws(BundleError) -> QualityGates {
    let kinds: [String: ReferenceKind] = ["factory": .factory, "user": .user]
    var reference: ReferenceKind?
    if let name = manifest.reference {
      guard let kind = kinds[name] else {
        throw invalid("reference", found: "“\(name)”", expected: "“factory” or “user”")
      }
      reference = kind
    }
    return QualityGates(
      minimumSignalCounts: try counts(manifest.quality?.minimumSignalCounts, "minimumSignalCounts"),
      maximumRawCounts: try counts(manifest.quality?.maximumRawCounts, "maximumRawCounts"),
      referenceKind: reference
    )
  }

  private func counts(_ value: Double?, _ name: String) throws(BundleError) -> Int32 {
    let value = value ?? 0
    guard let counts = Int32(exactly: value.rounded()), counts >= 0 else {
      throw invalid("quality.\(name)", found: "\(value)", expected: "0 to \(Int32.max) counts")
    }
    return counts
  }

  /// Names go into lines, tables and file names, so they are kept to what is safe in all of them.
  func checkName(_ name: String, place: String, allowing others: String = "_-") throws(BundleError)
  {
    let isPlain = name.allSatisfy { character in
      character.isASCII && (character.isLetter || character.isNumber) || others.contains(character)
    }
    let startsWell = name.first.map { $0.isLetter || $0.isNumber } ?? false
    guard isPlain, startsWell, name.utf8.count <= 64 else {
      throw invalid(
        place,
        found: "“\(name.prefix(80))”",
        expected: "1 to 64 ASCII letters, digits and “\(others)”, the first a letter or digit"
      )
    }
  }

  func invalid(_ place: String, found: String, expected: String) -> BundleError {
    .invalid(path: path, place: place, found: found, expected: expected)
  }
}
