/// One quantity of the daily check beside its baseline.
package struct CheckFinding: Equatable, Sendable {
  /// What is compared.
  package enum Quantity: String, Sendable {
    /// Scatter of the absorbance from scan to scan.
    case noise
    /// The lamp monitor.
    case lamp
    /// Light that comes back from the standard.
    case signal
    /// The wavelength of a peak.
    case peak
  }

  /// What is compared.
  package let quantity: Quantity
  /// The value of the baseline.
  package let baseline: Double
  /// The value now; nil when the peak is not there any more or the lamp monitor is silent.
  package let measured: Double?
  /// How far the value may be from the baseline: see `change`.
  package let limit: Double

  /// Makes a finding from its parts.
  package init(quantity: Quantity, baseline: Double, measured: Double?, limit: Double) {
    (self.quantity, self.baseline) = (quantity, baseline)
    (self.measured, self.limit) = (measured, limit)
  }

  /// The difference in the limit's unit: a ratio for noise, a share of the baseline for lamp and
  /// signal, nanometres for a peak; nil without a value.
  package var change: Double? {
    guard let measured else { return nil }
    switch quantity {
    case .noise: return measured / max(baseline, CheckLimits.noiseFloorAbsorbance)
    case .lamp, .signal: return measured / baseline - 1
    case .peak: return measured - baseline
    }
  }

  /// Whether the value is beyond its limit, or gone.
  package var isDrifted: Bool {
    guard let change else { return true }
    // A baseline of nothing makes a change that is no number: that is no pass.
    return quantity == .noise ? !(change <= limit) : !(abs(change) <= limit)
  }
}

/// How far a scanner may be from its baseline, and why.
package enum CheckLimits {
  /// Noise may double: half of the light, or disturbed electronics, do that.
  ///
  /// The median over some 200 wavelengths varies by a few percent from day to day.
  package static let noiseRatio = 2.0
  /// Noise below this is as good as none: it is far below the differences that samples are told
  /// apart by, and twice of next to nothing alarms nobody.
  package static let noiseFloorAbsorbance = 0.0002
  /// The lamp may change by a tenth, which is 0.046 in absorbance.
  ///
  /// The monitor sees the lamp, not the sample, so nobody's hand changes it.
  package static let lampShare = 0.1
  /// The signal may change by a tenth too: laying the standard down anew costs a few percent, a
  /// dirty window or a wrong standard more than a tenth.
  package static let signalShare = 0.1
  /// Pharmacopoeias allow near-infrared instruments a nanometre in this range.
  ///
  /// It is also a third of the distance between two points of a usual scan, and far more than the
  /// place of a peak varies from check to check.
  package static let peakNanometres = 1.0
  /// A peak farther away is another peak.
  static let peakSearchNanometres = 10.0
}

/// The values that a check is compared with.
package struct CheckBaseline: Equatable, Sendable {
  /// Median standard deviation of absorbance.
  package var noiseAbsorbance: Double
  /// Median lamp monitor reading; nil when the scanner had none.
  package var lampPhotodiode: Double?
  /// Median signal in counts at gain 1.
  package var signalCounts: Double
  /// Wavelengths of the peaks, rising.
  package var peaksNanometres: [Double]

  /// Makes a baseline from its parts.
  package init(
    noiseAbsorbance: Double,
    lampPhotodiode: Double?,
    signalCounts: Double,
    peaksNanometres: [Double]
  ) {
    (self.noiseAbsorbance, self.lampPhotodiode) = (noiseAbsorbance, lampPhotodiode)
    (self.signalCounts, self.peaksNanometres) = (signalCounts, peaksNanometres)
  }
}

extension StandardMeasurement {
  /// Every quantity of the baseline beside what was measured now.
  ///
  /// Peaks that only the measurement has are no finding: they say something about the standard.
  package func findings(against baseline: CheckBaseline) -> [CheckFinding] {
    var findings = [
      CheckFinding(
        quantity: .noise,
        baseline: baseline.noiseAbsorbance,
        measured: noiseAbsorbance,
        limit: CheckLimits.noiseRatio
      )
    ]
    if let lamp = baseline.lampPhotodiode {
      findings.append(
        CheckFinding(
          quantity: .lamp,
          baseline: lamp,
          measured: lampPhotodiode,
          limit: CheckLimits.lampShare
        )
      )
    }
    findings.append(
      CheckFinding(
        quantity: .signal,
        baseline: baseline.signalCounts,
        measured: signalCounts,
        limit: CheckLimits.signalShare
      )
    )
    return findings
      + baseline.peaksNanometres.map { peak in
        CheckFinding(
          quantity: .peak,
          baseline: peak,
          measured: candidate(nearest: peak),
          limit: CheckLimits.peakNanometres
        )
      }
  }

  private func candidate(nearest peak: Double) -> Double? {
    candidatesNanometres
      .filter { abs($0 - peak) <= CheckLimits.peakSearchNanometres }
      .min { abs($0 - peak) < abs($1 - peak) }
  }
}
