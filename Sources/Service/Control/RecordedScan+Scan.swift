import Spectra
import Varlink

extension SpectradInterface.RecordedScan {
  /// A stored scan as clients read it; `labels` are those that its sample has now.
  init(_ scan: Scan, labels: [String: String]) {
    self.init(
      time: scan.time?.description,
      sample: scan.sample,
      labels: labels.isEmpty ? nil : labels,
      sampleSignal: scan.sampleSignal?.map(Int.init),
      referenceSignal: scan.referenceSignal?.map(Int.init),
      reference: scan.referenceKind?.name,
      temperatureCelsius: scan.temperatureCelsius,
      detectorTemperatureCelsius: scan.detectorTemperatureCelsius,
      relativeHumidityPercent: scan.relativeHumidityPercent,
      lampPhotodiode: scan.lampPhotodiode,
      gain: scan.gain,
      repeats: scan.repeats,
      deviceTime: scan.deviceTime?.description,
      scanIndex: scan.scanIndex.map(Int.init)
    )
    if let absorbance = scan.absorbance { setAbsorbance(absorbance) }
  }
}

extension SpectradInterface.Grid {
  /// The wavelengths and the scanner of stored scans as clients read them.
  init(wavelengthsNanometres: [Double], scanner: ScannerDescription) {
    self.init(
      wavelengthsNanometres: wavelengthsNanometres,
      serialNumber: scanner.serialNumber,
      model: scanner.model,
      firmware: scanner.firmware,
      configurationName: scanner.configurationName,
      patternWidthPixels: scanner.patternWidthPixels,
      startNanometres: scanner.startNanometres,
      endNanometres: scanner.endNanometres,
      shiftVectorCoefficients: scanner.shiftVectorCoefficients,
      pixelToWavelengthCoefficients: scanner.pixelToWavelengthCoefficients
    )
  }
}
