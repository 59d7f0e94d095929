/// Why a configuration cannot be used; the description names the layer, the key and the mend.
package enum ConfigurationError: Error, Equatable, CustomStringConvertible {
  /// The file cannot be read.
  case unreadable(path: String, reason: String)
  /// A line of the file is neither empty, a comment, nor KEY=value.
  case notAnAssignment(path: String, line: Int, text: String)
  /// No such key; `nearest` is the known one that is spelt most alike.
  case unknownKey(layer: String, key: String, nearest: String)
  /// A value is outside its range or of the wrong kind.
  case badValue(key: String, found: String, expected: String)
  /// A scanner's address cannot be understood; `problem` says what was found and expected.
  case badAddress(key: String, problem: String)

  package var description: String {
    switch self {
    case .unreadable(let path, let reason):
      "\(path): cannot be read: \(reason)"
    case .notAnAssignment(let path, let line, let text):
      "\(path):\(line): found “\(text)”, expected KEY=value, a comment (#) or an empty line"
    case .unknownKey(let layer, let key, let nearest):
      "\(layer): unknown key “\(key)”; did you mean “\(nearest)”?"
    case .badValue(let key, let found, let expected):
      "\(key): found “\(found)”, expected \(expected)"
    case .badAddress(let key, let problem):
      "\(key): \(problem)"
    }
  }
}
