import Spectra
package import Varlink

/// What a check came to, for people and for programs.
package struct CheckReport: Sendable {
  /// In a word.
  package enum Verdict: String, Sendable {
    /// Everything is within its limit.
    case pass
    /// Something is not.
    case drifted
    /// It was kept as the baseline.
    case stored
  }

  /// What was measured now.
  package let measured: SpectradInterface.Baseline
  /// What it was compared with; nil when it is the new baseline.
  package let baseline: SpectradInterface.Baseline?
  /// Every quantity that was compared.
  package let findings: [CheckFinding]

  /// Makes a report from its parts.
  package init(
    measured: SpectradInterface.Baseline,
    baseline: SpectradInterface.Baseline?,
    findings: [CheckFinding]
  ) {
    (self.measured, self.baseline, self.findings) = (measured, baseline, findings)
  }

  /// In a word.
  package var verdict: Verdict {
    guard baseline != nil else { return .stored }
    return findings.contains(where: \.isDrifted) ? .drifted : .pass
  }

  /// What people read.
  package var lines: [String] {
    let head =
      "\(measured.scanner), standard \(measured.standard), "
      + Quantities.count(measured.scans, "scan")
    guard let baseline else { return [head + ": kept as the baseline"] + measuredLines }
    var table = TextTable(["", "NOW", "BASELINE", "CHANGE", "LIMIT", ""])
    for finding in findings { table.add(finding.cells) }
    var lines = [head + ", baseline of \(Quantities.time(baseline.time)) UTC"] + table.lines
    if !findings.contains(where: { $0.quantity == .peak }) {
      lines.append("wavelengths were not checked: this standard's baseline has no peaks")
    }
    let drifted = findings.filter(\.isDrifted).map(\.name)
    lines.append(drifted.isEmpty ? "pass" : "drifted: " + drifted.joined(separator: ", "))
    return drifted.isEmpty ? lines : lines + [CheckReport.advice]
  }

  private static let advice =
    "Clean the window and the standard, let the scanner warm up for ten minutes and check again. "
    + "If it stays so, the scanner needs its maker's service, or a new baseline after one."

  private var measuredLines: [String] {
    [
      "noise   \(Quantities.decimal(measured.noiseAbsorbance, 5)) absorbance",
      "lamp    \(Quantities.decimal(measured.lampPhotodiode, 0)) counts",
      "signal  \(Quantities.decimal(measured.signalCounts, 0)) counts at gain 1",
      "peaks   "
        + (measured.peaksNanometres.isEmpty
          ? "none: checks with this standard do not see wavelengths drift"
          : measured.peaksNanometres.map { Quantities.decimal($0, 1) }.joined(separator: ", ")
            + " nm"),
    ]
  }

  /// What programs read.
  package var jsonLine: [UInt8] {
    var line = JSONLine()
    line.add("type", "check")
    line.add("scanner", measured.scanner)
    line.add("standard", measured.standard)
    line.add("time", measured.time)
    line.add("scans", measured.scans)
    line.add("verdict", verdict.rawValue)
    line.add("baselineTime", baseline?.time)
    line.add("noiseAbsorbance", measured.noiseAbsorbance)
    line.add("lampPhotodiode", measured.lampPhotodiode)
    line.add("signalCounts", measured.signalCounts)
    line.add("peaksNanometres", measured.peaksNanometres)
    line.addObjects("findings", findings) { object, finding in
      object.add("quantity", finding.quantity.rawValue)
      object.add("measured", finding.measured)
      object.add("baseline", finding.baseline)
      object.add("change", finding.change)
      object.add("limit", finding.limit)
      object.add("drifted", finding.isDrifted)
    }
    return line.finish()
  }
}

extension CheckFinding {
  /// `peak 1210.2 nm`: the quantity, and which one where there are several.
  fileprivate var name: String {
    quantity == .peak ? "peak \(Quantities.decimal(baseline, 1)) nm" : quantity.rawValue
  }

  fileprivate var cells: [String] {
    [name, text(measured), text(baseline), changeText, limitText, isDrifted ? "DRIFTED" : "ok"]
  }

  private func text(_ value: Double?) -> String {
    guard let value else { return "missing" }
    switch quantity {
    case .noise: return Quantities.decimal(value, 5)
    case .lamp, .signal: return Quantities.decimal(value, 0)
    case .peak: return Quantities.decimal(value, 1) + " nm"
    }
  }

  private var changeText: String {
    guard let change else { return "-" }
    switch quantity {
    case .noise: return "× " + Quantities.decimal(change, 2)
    case .lamp, .signal: return Quantities.signed(change * 100, 1) + " %"
    case .peak: return Quantities.signed(change, 2) + " nm"
    }
  }

  private var limitText: String {
    switch quantity {
    case .noise: "× " + Quantities.decimal(limit, 0)
    case .lamp, .signal: "± \(Quantities.decimal(limit * 100, 0)) %"
    case .peak: "± \(Quantities.decimal(limit, 0)) nm"
    }
  }
}
