import Spectra

extension TargetConstants {
  /// Throws at the first field that the steps could not be computed with.
  func check() throws(ConstantsError) {
    try requireRange("window", channels, 3...Limits.wavelengths)
    try checkNet()
    try checkScaling()
    try checkScatterCorrection()
    try checkSavitzkyGolay()
    try checkMetaFeatures()
    try checkImage()
    if let limit = limits.t2 { try requirePositive("abstain.t2Limit", limit) }
    if let limit = limits.q { try requirePositive("abstain.qLimit", limit) }
  }

  private func checkNet() throws(ConstantsError) {
    guard let net else { return }
    try requireRange("net", net.added.count + net.subtracted.count, 1...64)
    for (index, signature) in net.added.enumerated() {
      try requireVector("net.add[\(index)]", signature, channels)
    }
    for (index, signature) in net.subtracted.enumerated() {
      try requireVector("net.subtract[\(index)]", signature, channels)
    }
  }

  private func checkScaling() throws(ConstantsError) {
    guard case .global(let mean, let standardDeviation) = scaling else { return }
    try requireFinite("scaling.mean", mean)
    try requirePositive("scaling.standardDeviation", standardDeviation)
  }

  private func checkScatterCorrection() throws(ConstantsError) {
    guard let correction = scatterCorrection else { return }
    try requireRange("scatterCorrection.order", correction.order, 0...2)
    let field = "scatterCorrection.reference"
    try requireVector(field, correction.reference, channels)
    try requirePositive("quality.minimumScatterSlope", correction.minimumSlope)
    guard ScatterCorrector(correction) != nil else {
      throw .scatterNotSolvable(field: field, order: correction.order)
    }
  }

  private func checkSavitzkyGolay() throws(ConstantsError) {
    let filter = savitzkyGolay
    let widest = min(channels - (1 - channels % 2), SavitzkyGolayFilter.widestWindow)
    guard filter.window % 2 == 1 else {
      throw .evenWindow(field: "savitzkyGolay.window", found: filter.window)
    }
    try requireRange("savitzkyGolay.window", filter.window, 3...widest)
    let highest = min(filter.window - 1, SavitzkyGolayFilter.highestPolynomial)
    try requireRange("savitzkyGolay.polynomial", filter.polynomial, 0...highest)
    try requireRange("savitzkyGolay.derivative", filter.derivative, 0...filter.polynomial)
  }

  private func checkMetaFeatures() throws(ConstantsError) {
    let meta = metaFeatures
    try requireVector("metaFeatures.pca.mean", meta.pcaMean, channels)
    try requireVectors("metaFeatures.pca.loadings", meta.loadings)
    try requireVector("metaFeatures.pca.variances", meta.variances, 2)
    if limits.t2 != nil {
      for (index, variance) in meta.variances.enumerated() {
        try requirePositive("metaFeatures.pca.variances", variance, index)
      }
    }
    try requireVectors("metaFeatures.clusters", meta.clusters)
    let count = TargetConstants.metaFeatureCount
    try requireVector("metaFeatures.mean", meta.mean, count)
    try requireVector("metaFeatures.standardDeviation", meta.standardDeviation, count)
    for (index, deviation) in meta.standardDeviation.enumerated() {
      try requirePositive("metaFeatures.standardDeviation", deviation, index)
    }
  }

  private func checkImage() throws(ConstantsError) {
    try requireRange("image.mtfBins", image.mtfBins, 2...MarkovTransitions.mostBins)
    try requireRange("image.channels", image.channels.count, 1...64)
    for (index, channel) in image.channels.enumerated()
    where image.channels[..<index].contains(channel) {
      throw .repeatedChannel(field: "image.channels", name: channel.rawValue)
    }
  }

  /// Requires two vectors of one value per wavelength.
  private func requireVectors(_ field: String, _ rows: [[Double]]) throws(ConstantsError) {
    guard rows.count == 2 else {
      throw .wrongLength(field: field, found: rows.count, expected: 2)
    }
    for (index, row) in rows.enumerated() { try requireVector("\(field)[\(index)]", row, channels) }
  }

  private func requireVector(
    _ field: String,
    _ values: [Double],
    _ count: Int
  ) throws(ConstantsError) {
    guard values.count == count else {
      throw .wrongLength(field: field, found: values.count, expected: count)
    }
    for (index, value) in values.enumerated() { try requireFinite(field, value, index) }
  }

  private func requireFinite(
    _ field: String,
    _ value: Double,
    _ index: Int? = nil
  ) throws(ConstantsError) {
    guard value.isFinite else { throw .notFinite(field: field, index: index) }
  }

  private func requirePositive(
    _ field: String,
    _ value: Double,
    _ index: Int? = nil
  ) throws(ConstantsError) {
    try requireFinite(field, value, index)
    guard value > 0 else { throw .notPositive(field: field, index: index, found: value) }
  }

  private func requireRange(
    _ field: String,
    _ value: Int,
    _ allowed: ClosedRange<Int>
  ) throws(ConstantsError) {
    guard allowed.contains(value) else {
      throw .outOfRange(field: field, found: value, allowed: allowed)
    }
  }
}
