import Chemometrics
import Foundation
import Spectra
import Testing

@Suite struct AxisResamplerTests {
  struct Case: Decodable {
    var name: String
    var from: Int
    var to: Int
    var wavelengthsNanometres: [Double]
    var absorbance: [Double]
    var expected: [Double]
  }

  /// Eleven wavelengths, 1000, 1010, … 1100 nm; the window is 1020 to 1080.
  private func makeResampler(grid: [Double]) throws -> AxisResampler {
    let axis = try #require(
      WavelengthAxis(startNanometres: 1000, endNanometres: 1100, points: 11)
    )
    var resampler = AxisResampler(axis: axis, window: 2..<9)
    resampler.prepare(wavelengthsNanometres: grid.span)
    return resampler
  }

  @Test func `resampling agrees with numpy's interp, whatever the order of the grid`() throws {
    let axis = try #require(WavelengthAxis(startNanometres: 900, endNanometres: 1700, points: 170))
    for golden in try Golden.read("resampling.json", as: [Case].self) {
      var resampler = AxisResampler(axis: axis, window: golden.from..<golden.to)
      resampler.prepare(wavelengthsNanometres: golden.wavelengthsNanometres.span)
      let found = resampler.values(golden.absorbance)
      #expect(Golden.error(try #require(found), golden.expected) < 1e-13, "\(golden.name)")
    }
  }

  @Test(arguments: [
    ([1015, 1085], true), ([1020, 1080], true), ([1025, 1075], true), ([1025.01, 1080], false),
    ([1020, 1074.99], false), ([], false), ([1050], false), ([.nan, 1020, 1080], true),
    ([.nan, .infinity], false), ([1080, 1020], true), ([900, 1014], false),
  ])
  func `a grid covers the window if it ends within five nanometres of it`(
    grid: [Double],
    covers: Bool
  ) throws {
    let resampler = try makeResampler(grid: grid)
    let found = resampler.coversWindow
    #expect(found == covers)
  }

  @Test func `a new grid replaces the one before`() throws {
    var resampler = try makeResampler(grid: [900, 950])
    let before = resampler.coversWindow
    resampler.prepare(wavelengthsNanometres: ([1000, 1100] as [Double]).span)
    let after = resampler.values([0, 10])
    #expect(!before)
    #expect(after == [2, 3, 4, 5, 6, 7, 8])
  }

  /// The window needs 1020 to 1080 nm: of this grid the points 1 to 8.
  private static let grid: [Double] = [
    1000, 1015, 1020, 1030, 1040, 1050, 1060, 1070, 1080, 1090, 1100,
  ]

  @Test(arguments: [
    (0, true), (1, true), (2, false), (5, false), (8, false), (9, true), (10, true),
  ])
  func `only a value that the window needs has to be finite`(index: Int, passes: Bool) throws {
    for bad in [Double.nan, .infinity, -.infinity] {
      let resampler = try makeResampler(grid: Self.grid)
      var absorbance = Self.grid.map { $0 / 1000 }
      absorbance[index] = bad
      let isFinite = resampler.isFinite(absorbance.span)
      let values = resampler.values(absorbance)
      #expect(isFinite == passes, "\(bad)")
      #expect((values != nil) == passes, "\(bad)")
    }
  }

  @Test func `the lowest signal is that of the points which the window needs`() throws {
    let resampler = try makeResampler(grid: [1000, 1015, 1035, 1045, 1085, 1095])
    let signal: [Int32] = [1, 50, 40, 60, 30, 2]
    let lowest = resampler.minimumSignal(signal.span)
    #expect(lowest == 30)
  }
}

/// The real powder scans, which the project does not contain.
@Suite struct PowderResamplingTests {
  static let folder = URL(
    filePath: ProcessInfo.processInfo.environment["TEST_SHARED_DATA"]
      ?? Golden.folder.deletingLastPathComponent().deletingLastPathComponent()
      .deletingLastPathComponent().appending(path: "../shared/data").path()
  ).appending(path: "nirscan_powders")

  // Skips without the folder nirscan_powders of real scans beside the repository.
  @Test(.enabled(if: FileManager.default.fileExists(atPath: folder.path())))
  func `real scans on their own grid become those that others resampled with numpy`() throws {
    let axis = try #require(WavelengthAxis(startNanometres: 900, endNanometres: 1700, points: 170))
    let table = try String(
      contentsOf: Self.folder.appending(path: "nirscan_sc_170.csv"),
      encoding: .utf8
    ).split(whereSeparator: \.isNewline)
    let columns = table[0].split(separator: ",", omittingEmptySubsequences: false)
    let fileColumn = try #require(columns.firstIndex(of: "file"))
    let firstColumn = try #require(columns.firstIndex(of: "absorbance0"))
    // Each 50th of 1,100 is enough: the grids differ in few files.
    for line in stride(from: 1, to: table.count, by: 50) {
      let cells = table[line].split(separator: ",", omittingEmptySubsequences: false)
      let path = cells[fileColumn].split(separator: "/").suffix(2).joined(separator: "/")
      let scan = try readScan(Self.folder.appending(path: "raw/\(path)"))
      var resampler = AxisResampler(axis: axis, window: 0..<170)
      resampler.prepare(wavelengthsNanometres: scan.wavelengths.span)
      guard let found = resampler.values(scan.absorbance) else { continue }
      let expected = (0..<170).map { Double(cells[firstColumn + $0]) ?? .nan }
      let difference = zip(found, expected).map { abs($0 - $1) }.max() ?? 1
      // The table has six decimals.
      #expect(difference < 0.51e-6, "\(path)")
    }
  }

  private func readScan(_ file: URL) throws -> (wavelengths: [Double], absorbance: [Double]) {
    let lines = try String(contentsOf: file, encoding: .utf8).split(whereSeparator: \.isNewline)
    let header = try #require(lines.firstIndex { $0.hasPrefix("Wavelength (nm)") })
    let rows = lines[(header + 1)...].map { $0.split(separator: ",").map { Double($0) ?? .nan } }
    return (rows.map { $0[0] }, rows.map { $0[1] })
  }
}

extension AxisResampler {
  /// The window's values, or nil when one that is needed is not finite.
  func values(_ absorbance: [Double]) -> [Double]? {
    var values = [Double](repeating: .nan, count: count)
    var span = values.mutableSpan
    return resample(absorbance.span, into: &span) ? values : nil
  }
}
