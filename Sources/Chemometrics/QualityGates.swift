package import Spectra

/// The limits that a scan must keep to enter a sample's median.
package struct QualityGates: Equatable, Sendable {
  /// The lowest sample signal that is enough light, in counts; 0 or less asks for none.
  package var minimumSignalCounts: Int32
  /// The raw count at which the detector counts as saturated; 0 or less is no limit.
  package var maximumRawCounts: Int32
  /// The kind of reference that the bundle was trained with; nil takes any.
  package var referenceKind: ReferenceKind?
  /// The age in seconds at which a measured reference is too old; nil is no limit.
  package var referenceAgeSecondsMax: Double?

  /// Makes gates from their limits.
  package init(
    minimumSignalCounts: Int32 = 0,
    maximumRawCounts: Int32 = 0,
    referenceKind: ReferenceKind? = nil,
    referenceAgeSecondsMax: Double? = nil
  ) {
    self.minimumSignalCounts = minimumSignalCounts
    self.maximumRawCounts = maximumRawCounts
    self.referenceKind = referenceKind
    self.referenceAgeSecondsMax = referenceAgeSecondsMax
  }

  /// What is wrong with `frame`, whose grid `resampler` has been prepared for.
  ///
  /// `hasSignals` is false for recordings that hold absorbance only: there is no light to judge.
  /// Without a reference no point has a value; that is said once, as `referenceMissing`.
  package func reasons(
    for frame: borrowing ScanFrame,
    resampler: borrowing AxisResampler,
    hasSignals: Bool = true
  ) -> QualityReasons {
    var reasons: QualityReasons = []
    let header = frame.header
    let isReferenceMissing = header.referenceKind == .none
    if isReferenceMissing { reasons.insert(.referenceMissing) }
    if mismatches(header.referenceKind) { reasons.insert(.referenceMismatch) }
    if let age = header.referenceAgeSeconds, let limit = referenceAgeSecondsMax, age > limit {
      reasons.insert(.referenceStale)
    }
    if !isDelivered(header.temperatureCelsius) || !isDelivered(header.relativeHumidityPercent) {
      reasons.insert(.sensorMissing)
    }
    if hasSignals, maximumRawCounts > 0, header.maximumRawCount >= maximumRawCounts {
      reasons.insert(.saturated)
    }
    guard resampler.coversWindow else { return reasons.union(.axisNotCovered) }
    let isFinite = frame.absorbance.withSpan { absorbance in
      resampler.isFinite(absorbance.extracting(first: header.pointCount))
    }
    if !isFinite, !isReferenceMissing { reasons.insert(.nonFinite) }
    if hasSignals, minimumSignalCounts > 0 {
      let lowest = frame.sampleSignal.withSpan { signal in
        resampler.minimumSignal(signal.extracting(first: header.pointCount))
      }
      if lowest < minimumSignalCounts { reasons.insert(.lowLight) }
    }
    return reasons
  }

  /// A recording does not say of which kind its reference was, so it cannot be of a wrong one.
  private func mismatches(_ kind: ReferenceKind) -> Bool {
    guard let referenceKind, kind != .none, kind != .recorded else { return false }
    return kind != referenceKind
  }

  private func isDelivered(_ reading: Double?) -> Bool { reading?.isFinite ?? false }
}
