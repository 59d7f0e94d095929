/// Why a bundle is refused; the description names the file, the place and the first difference.
package enum BundleError: Error, Equatable, CustomStringConvertible {
  /// A file cannot be read.
  case unreadable(path: String, reason: String)
  /// A file is not the JSON that it should be.
  case malformed(path: String, place: String, problem: String)
  /// A number or name in a file is wrong.
  case invalid(path: String, place: String, found: String, expected: String)
  /// A file's bytes are not those that the bundle was made with.
  case digest(path: String, found: String, expected: String)
  /// A network cannot be used.
  case network(path: String, problem: String)
  /// A golden case does not come out as it did where the bundle was made.
  case golden(path: String, place: String, found: String, expected: String)

  package var description: String {
    switch self {
    case .unreadable(let path, let reason): "\(path): cannot be read: \(reason)"
    case .malformed(let path, let place, let problem): "\(path): \(place): \(problem)"
    case .invalid(let path, let place, let found, let expected):
      "\(path): \(place): found \(found), expected \(expected)"
    case .digest(let path, let found, let expected):
      "\(path): its SHA-256 is \(found), expected \(expected)"
    case .network(let path, let problem): "\(path): \(problem)"
    case .golden(let path, let place, let found, let expected):
      "\(path): golden case \(place): computed \(found), recorded \(expected)"
    }
  }
}
