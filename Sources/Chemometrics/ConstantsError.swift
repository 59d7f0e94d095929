/// Why a target's constants cannot be used; each case names the field of `bundle.json`.
package enum ConstantsError: Error, Equatable, CustomStringConvertible {
  /// An array has another length than the window or the method asks for.
  case wrongLength(field: String, found: Int, expected: Int)
  /// A number is NaN or infinite; `index` is nil for a number on its own.
  case notFinite(field: String, index: Int?)
  /// A number that something is divided by is zero or negative.
  case notPositive(field: String, index: Int?, found: Double)
  /// A whole number is outside what the method can do.
  case outOfRange(field: String, found: Int, allowed: ClosedRange<Int>)
  /// A filter's window has no middle point.
  case evenWindow(field: String, found: Int)
  /// An image channel is named twice.
  case repeatedChannel(field: String, name: String)
  /// The reference spectrum is itself a polynomial of the order that is to be corrected.
  case scatterNotSolvable(field: String, order: Int)

  package var description: String {
    switch self {
    case .wrongLength(let field, let found, let expected):
      "\(field) has \(found) elements, expected \(expected)"
    case .notFinite(let field, let index):
      "\(ConstantsError.place(field, index)) is not a finite number"
    case .notPositive(let field, let index, let found):
      "\(ConstantsError.place(field, index)) is \(found), expected a number above 0"
    case .outOfRange(let field, let found, let allowed):
      "\(field) is \(found), expected \(allowed.lowerBound) to \(allowed.upperBound)"
    case .evenWindow(let field, let found):
      "\(field) is \(found), expected an odd number"
    case .repeatedChannel(let field, let name):
      "\(field) names \(name) twice, expected each channel at most once"
    case .scatterNotSolvable(let field, let order):
      "\(field) is a polynomial of order \(order) or nearly so, "
        + "expected a spectrum that scatter correction can tell from one"
    }
  }

  private static func place(_ field: String, _ index: Int?) -> String {
    index.map { "\(field)[\($0)]" } ?? field
  }
}
