/// A whole number of a bundle's JSON, which may be written as 5 or 5.0.
///
/// The library's decoder calls 5.5 in place of an integer invalid JSON and does not say where.
struct WholeNumber: Decodable, Sendable {
  let value: Int

  init(from decoder: any Decoder) throws {
    let container = try decoder.singleValueContainer()
    let number = try container.decode(Double.self)
    guard let whole = Int(exactly: number) else {
      throw DecodingError.dataCorruptedError(
        in: container,
        debugDescription: "found \(number), expected a whole number"
      )
    }
    value = whole
  }
}
