/// One file of a recording, read into memory, and what its path says about the sample.
struct RecordingSource {
  /// The path as it is shown in errors.
  let file: String
  /// The file's bytes, in UTF-8 where its byte order mark says that it has UTF-16.
  let bytes: [UInt8]
  /// The folder the file lies in, as seen from the folder that was given; may be empty.
  let folder: String
  /// What the operator says about it.
  let options: RecordingReadOptions
  /// Called as reading goes on.
  let observe: (RecordingReadEvent) -> Void

  /// Makes a source of the bytes of a file.
  init(
    file: String,
    bytes: [UInt8],
    folder: String,
    options: RecordingReadOptions = .init(),
    observe: @escaping (RecordingReadEvent) -> Void = { _ in }
  ) {
    (self.file, self.bytes, self.folder) = (file, UTF16Text.asUTF8(bytes), folder)
    (self.options, self.observe) = (options, observe)
  }

  /// Where the text begins: behind the byte order mark, if there is one.
  var contentStart: Int { bytes.starts(with: [0xEF, 0xBB, 0xBF]) ? 3 : 0 }

  /// The names of the placeholders that every file can fill.
  static let placeholders = ["folder", "name", "file"]

  /// What a placeholder stands for in the sample names of this file, or nil when it is none.
  func value(ofPlaceholder placeholder: String) -> String? {
    switch placeholder {
    case "folder": folder
    case "name": RecordingSource.withoutTrailingNumbers(stem)
    case "file": stem
    default: nil
    }
  }

  /// The sample's name after `pattern`, at most `Limits.sampleNameBytes` long.
  ///
  /// `columns` are the placeholders that this file offers besides those of every file.
  func sampleName(
    _ pattern: SamplePattern,
    line: Int = 0,
    columns: [String] = [],
    column: (String) -> String? = { _ in nil }
  ) throws(RecordingError) -> String {
    let name: String
    do throws(SamplePattern.UnknownPlaceholder) {
      name = try pattern.name { column($0) ?? value(ofPlaceholder: $0) }
    } catch {
      throw .unknownPlaceholder(
        file: file,
        found: error.name,
        expected: (RecordingSource.placeholders + columns).map { "{\($0)}" }.joined(separator: " ")
      )
    }
    try check(sampleName: name, at: RecordingPlace(file: file, line: line))
    return name
  }

  /// Throws when `name` is longer than a sample's name may be.
  func check(sampleName name: String, at place: RecordingPlace) throws(RecordingError) {
    guard name.utf8.count > Limits.sampleNameBytes else { return }
    throw .malformed(
      place,
      found: "the sample name \(Excerpt.text(name)) of \(name.utf8.count) bytes",
      expected: "at most \(Limits.sampleNameBytes) bytes (see --sample-from)"
    )
  }

  /// Throws when `wavelengths` are not 1 to `Limits.wavelengths` positive and rising numbers.
  func check(
    wavelengths: [Double],
    at place: (_ point: Int) -> RecordingPlace
  ) throws(RecordingError) {
    guard wavelengths.count <= Limits.wavelengths, !wavelengths.isEmpty else {
      throw .malformed(
        place(0),
        found: "\(wavelengths.count) wavelengths",
        expected: "1 to \(Limits.wavelengths)"
      )
    }
    var previous = 0.0
    for (point, wavelength) in wavelengths.enumerated() {
      guard wavelength.isFinite, wavelength > 0 else {
        throw .malformed(place(point), found: "\(wavelength) nm", expected: "a positive wavelength")
      }
      guard wavelength > previous else {
        throw .wavelengthsNotRising(
          place(point),
          point: point + 1,
          found: wavelength,
          previous: previous
        )
      }
      previous = wavelength
    }
  }

  private var stem: String {
    let name = file.split(separator: "/").last ?? ""
    let stem = name.lastIndex(of: ".").map { name[..<$0] } ?? name
    return String(stem.isEmpty ? name : stem)
  }

  /// `caffeine_04` and `caffeine_000004_20241119_093331` are both scans of `caffeine`.
  private static func withoutTrailingNumbers(_ stem: String) -> String {
    var name = Substring(stem)
    while let underscore = name.lastIndex(of: "_"), underscore > name.startIndex {
      let number = name[underscore...].dropFirst()
      guard !number.isEmpty, number.allSatisfy({ $0.isASCII && $0.isNumber }) else { break }
      name = name[..<underscore]
    }
    return String(name)
  }
}
