/// A synthetic compound of blood: what it absorbs, and how much of it donors have.
///
/// The curves are parametric and our own. Their bands stand at wavelengths that textbooks of
/// near-infrared spectroscopy give for the bonds named beside them; heights and widths are chosen
/// so that a model can learn from them, not measured.
struct BloodCompound: Sendable {
  /// The compound's name.
  let name: String
  /// Its bands; heights are relative.
  let bands: [SpectralBand]
  /// Absorbance at a band of height 1 per standard deviation of the concentration among donors.
  let absorbancePerDeviation: Double
}

/// A compound whose concentration the scanner is asked for.
struct BloodAnalyte: Sendable {
  /// The analyte's absorption; its name is the target's.
  let compound: BloodCompound
  /// How well the laboratory's value follows the concentration: their correlation.
  ///
  /// It sets the ceiling of what any model can reach.
  let laboratoryCorrelation: Double
  /// Below the first, in standard deviations of the laboratory's value, is low; above the second
  /// is high.
  let limits: (low: Double, high: Double)

  /// The class of a laboratory value that is given in standard deviations from the mean.
  func label(of laboratoryValue: Double) -> String {
    if laboratoryValue < limits.low { return "low" }
    return laboratoryValue > limits.high ? "high" : "ok"
  }
}

extension BloodAnalyte {
  /// The three targets; the limits are the normal quantiles of the published shares of classes.
  static let all = [haemoglobin, highDensityLipoprotein, lowDensityLipoprotein]

  /// 30 low, 414 ok, 42 high of 486 donations.
  static let haemoglobin = BloodAnalyte(
    compound: BloodCompound(
      name: "haemoglobin",
      bands: [
        // Haem, the tail of the band near 915 nm; N-H second overtone; C-H of the globin.
        SpectralBand(at: 915, width: 60, height: 1),
        SpectralBand(at: 1_020, width: 24, height: 0.9),
        SpectralBand(at: 1_182, width: 18, height: 0.3),
      ],
      absorbancePerDeviation: 0.020
    ),
    laboratoryCorrelation: 0.87,
    limits: (-1.540425, 1.363136)
  )

  /// 132 low, 249 ok, 105 high of 486 donations.
  static let highDensityLipoprotein = BloodAnalyte(
    compound: BloodCompound(
      name: "hdl_cholesterol",
      bands: [
        // N-H of the protein that it is rich in; C-H second overtones of methyl; phospholipid.
        SpectralBand(at: 1_040, width: 20, height: 0.3),
        SpectralBand(at: 1_152, width: 16, height: 0.6),
        SpectralBand(at: 1_195, width: 16, height: 1),
        SpectralBand(at: 1_275, width: 26, height: 0.5),
      ],
      absorbancePerDeviation: 0.010
    ),
    laboratoryCorrelation: 0.90,
    limits: (-0.607966, 0.785605)
  )

  /// 22 low, 259 ok, 205 high of 486 donations.
  static let lowDensityLipoprotein = BloodAnalyte(
    compound: BloodCompound(
      name: "ldl_cholesterol",
      bands: [
        // C-H second overtones of methylene in its esters, of =C-H, and their neighbours.
        SpectralBand(at: 1_075, width: 22, height: 0.3),
        SpectralBand(at: 1_168, width: 14, height: 0.5),
        SpectralBand(at: 1_211, width: 16, height: 1),
        SpectralBand(at: 1_240, width: 26, height: 0.4),
      ],
      absorbancePerDeviation: 0.010
    ),
    laboratoryCorrelation: 0.89,
    limits: (-1.692583, 0.197263)
  )
}

extension BloodCompound {
  /// What else differs between donors and overlaps with the analytes.
  static let interferents = [
    glucose, triglycerides, albumin, urea, platelets,
  ]

  /// How warm water differs from cold: its bands move to shorter wavelengths.
  static let warmWater = BloodCompound(
    name: "warm water",
    bands: [
      SpectralBand(at: 960, width: 30, height: 1), SpectralBand(at: 1_185, width: 40, height: 1),
      SpectralBand(at: 1_415, width: 30, height: 3),
    ],
    absorbancePerDeviation: 0.003
  )

  private static let glucose = BloodCompound(
    name: "glucose",
    bands: [
      SpectralBand(at: 1_120, width: 40, height: 1),
      SpectralBand(at: 1_260, width: 40, height: 0.8),
    ],
    absorbancePerDeviation: 0.003
  )

  private static let triglycerides = BloodCompound(
    name: "triglycerides",
    bands: [
      SpectralBand(at: 930, width: 30, height: 0.6), SpectralBand(at: 1_215, width: 40, height: 1),
    ],
    absorbancePerDeviation: 0.003
  )

  private static let albumin = BloodCompound(
    name: "albumin",
    bands: [
      SpectralBand(at: 1_000, width: 30, height: 0.5),
      SpectralBand(at: 1_185, width: 50, height: 0.7),
    ],
    absorbancePerDeviation: 0.003
  )

  private static let urea = BloodCompound(
    name: "urea",
    bands: [SpectralBand(at: 1_090, width: 40, height: 1)],
    absorbancePerDeviation: 0.003
  )

  private static let platelets = BloodCompound(
    name: "platelets",
    bands: [SpectralBand(at: 1_310, width: 30, height: 1)],
    absorbancePerDeviation: 0.003
  )
}
