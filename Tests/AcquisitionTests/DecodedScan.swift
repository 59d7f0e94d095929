import Acquisition
import Spectra

/// A decoded frame's valid points.
struct DecodedScan {
  var header: ScanHeader
  var wavelengthsNanometres: [Double]
  var sampleSignal: [Int32]
  var referenceSignal: [Int32]
  var absorbance: [Double]

  var hasNoAbsorbance: Bool { absorbance.allSatisfy { $0.isNaN } }
}

/// When the tests' scans arrived.
let arrival = ScanArrival(
  time: Timestamp(microsecondsSinceEpoch: 1_795_251_600_123_456),
  monotonicNanoseconds: 42,
  errorBits: []
)

func decode(
  _ bytes: [UInt8],
  with decoder: inout ScanDecoder,
  _ arrival: ScanArrival = arrival
) throws(ScanFileError) -> DecodedScan {
  var frame = ScanFrame()
  try decoder.decode(bytes.span, arrival: arrival, into: &frame)
  let points = 0..<frame.header.pointCount
  return DecodedScan(
    header: frame.header,
    wavelengthsNanometres: points.map { frame.wavelengthsNanometres[$0] },
    sampleSignal: points.map { frame.sampleSignal[$0] },
    referenceSignal: points.map { frame.referenceSignal[$0] },
    absorbance: points.map { frame.absorbance[$0] }
  )
}

/// What a file is refused with by a decoder that knows nothing yet.
func refusal(of bytes: [UInt8]) -> ScanFileError? {
  var decoder = ScanDecoder()
  do {
    _ = try decode(bytes, with: &decoder)
    return nil
  } catch {
    return error
  }
}

/// What a file is refused with before anything is computed from it.
func headerRefusal(of bytes: [UInt8]) -> ScanFileError? {
  do throws(ScanFileError) {
    _ = try ScanFile(parsing: bytes.span)
    return nil
  } catch {
    return error
  }
}

/// Gives a decoder the factory's reference, and a matrix unless that is empty.
func setReference(
  _ file: [UInt8],
  _ matrix: [UInt8],
  of decoder: inout ScanDecoder
) throws(ScanFileError) {
  if !matrix.isEmpty { try decoder.setMatrix(matrix.span) }
  try decoder.setFactoryReference(file.span)
}
