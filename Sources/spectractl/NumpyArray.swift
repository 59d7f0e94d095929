package import Service

/// An array as numpy stores it in `.npy` files of version 1.0: little-endian, in C order.
package struct NumpyArray: Equatable {
  /// The elements by their type.
  package enum Elements: Equatable {
    case float32([Float])
    case float64([Double])
    case uint8([UInt8])
    case int8([Int8])
    case int64([Int64])
  }

  /// The length of each dimension; empty for a single number.
  package let shape: [Int]
  /// The elements, the last dimension running fastest.
  package let elements: Elements

  /// Makes an array whose shape holds exactly its elements.
  package init(shape: [Int], elements: Elements) {
    precondition(shape.reduce(1, *) == elements.count, "a shape holds all elements")
    (self.shape, self.elements) = (shape, elements)
  }

  private static let magic: [UInt8] = [0x93] + "NUMPY".utf8 + [1, 0]

  /// Reads the whole of a `.npy` file.
  package init(parsing bytes: [UInt8]) throws(NumpyFileError) {
    guard bytes.starts(with: NumpyArray.magic), bytes.count >= 10 else { throw .notVersionOne }
    let start = 10 + Int(bytes[8]) + Int(bytes[9]) << 8
    guard start <= bytes.count else {
      throw .truncated(found: bytes.count, expected: start)
    }
    let header = try NumpyHeader(parsing: String(decoding: bytes[10..<start], as: UTF8.self))
    var count = 1
    for length in header.shape {
      let (product, overflow) = count.multipliedReportingOverflow(by: length)
      guard !overflow, product <= bytes.count else {
        throw .truncated(found: bytes.count, expected: .max)
      }
      count = product
    }
    let expected = start + count * header.elementBytes
    guard bytes.count == expected else {
      throw .truncated(found: bytes.count, expected: expected)
    }
    shape = header.shape
    elements = Elements(bytes[start...], type: header.type, count: count)
  }

  /// The bytes of the `.npy` file, the data aligned to 64 bytes as numpy does.
  package var encoded: [UInt8] {
    let lengths = shape.map(String.init).joined(separator: ", ") + (shape.count == 1 ? "," : "")
    var header =
      "{'descr': '\(elements.type.rawValue)', 'fortran_order': False, 'shape': (\(lengths)), }"
    let used = 10 + header.utf8.count + 1
    header += String(repeating: " ", count: (64 - used % 64) % 64) + "\n"
    let length = header.utf8.count
    let prefix: [UInt8] = [UInt8(length & 0xFF), UInt8(length >> 8)]
    return NumpyArray.magic + prefix + header.utf8 + elements.bytes
  }
}

/// The element types that are read and written, as numpy names them.
package enum NumpyType: String, CaseIterable {
  case float32 = "<f4"
  case float64 = "<f8"
  case uint8 = "|u1"
  case int8 = "|i1"
  case int64 = "<i8"
}

/// Why a `.npy` file cannot be used.
package enum NumpyFileError: Error, Equatable, CustomStringConvertible {
  case notVersionOne
  case malformedHeader(found: String)
  case unsupportedType(found: String)
  case fortranOrder
  case truncated(found: Int, expected: Int)
  case notAccessible(FileError)

  package var description: String {
    switch self {
    case .notVersionOne: "not a .npy file of version 1.0"
    case .malformedHeader(let found): "the .npy header is \(found.debugDescription)"
    case .unsupportedType(let found):
      "the .npy elements are \(found), expected "
        + NumpyType.allCases.map(\.rawValue).joined(separator: ", ")
    case .fortranOrder: "the .npy array is in Fortran order, expected C order"
    case .truncated(let found, let expected):
      "the .npy file has \(found) bytes, its header asks for \(expected)"
    case .notAccessible(let error): error.description
    }
  }
}

extension NumpyArray.Elements {
  /// How many elements there are.
  var count: Int {
    switch self {
    case .float32(let values): values.count
    case .float64(let values): values.count
    case .uint8(let values): values.count
    case .int8(let values): values.count
    case .int64(let values): values.count
    }
  }

  var type: NumpyType {
    switch self {
    case .float32: .float32
    case .float64: .float64
    case .uint8: .uint8
    case .int8: .int8
    case .int64: .int64
    }
  }

  fileprivate var bytes: [UInt8] {
    switch self {
    case .float32(let values): littleEndian(values) { $0.bitPattern }
    case .float64(let values): littleEndian(values) { $0.bitPattern }
    case .uint8(let values): values
    case .int8(let values): values.map { UInt8(bitPattern: $0) }
    case .int64(let values): littleEndian(values) { $0 }
    }
  }

  /// One allocation for all elements: images of a training set are hundreds of megabytes.
  private func littleEndian<Value, Word: FixedWidthInteger>(
    _ values: [Value],
    _ word: (Value) -> Word
  ) -> [UInt8] {
    let width = Word.bitWidth / 8
    var bytes = [UInt8](repeating: 0, count: values.count * width)
    for (index, value) in values.enumerated() {
      var rest = word(value)
      for position in 0..<width {
        bytes[index * width + position] = UInt8(truncatingIfNeeded: rest)
        rest >>= 8
      }
    }
    return bytes
  }

  fileprivate init(_ bytes: ArraySlice<UInt8>, type: NumpyType, count: Int) {
    func word(_ index: Int, _ width: Int) -> UInt64 {
      let start = bytes.startIndex + index * width
      return (0..<width).reduce(0) { $0 | UInt64(bytes[start + $1]) << (8 * UInt64($1)) }
    }
    let indices = 0..<count
    self =
      switch type {
      case .float32:
        .float32(indices.map { Float(bitPattern: UInt32(truncatingIfNeeded: word($0, 4))) })
      case .float64: .float64(indices.map { Double(bitPattern: word($0, 8)) })
      case .uint8: .uint8(Array(bytes))
      case .int8: .int8(bytes.map { Int8(bitPattern: $0) })
      case .int64: .int64(indices.map { Int64(bitPattern: word($0, 8)) })
      }
  }
}

/// The dictionary at the head of a `.npy` file, in the one form that numpy writes.
private struct NumpyHeader {
  let type: NumpyType
  let shape: [Int]

  var elementBytes: Int {
    switch type {
    case .uint8, .int8: 1
    case .float32: 4
    case .float64, .int64: 8
    }
  }

  init(parsing text: String) throws(NumpyFileError) {
    let pieces = text.split(separator: "'", omittingEmptySubsequences: false).map(String.init)
    guard pieces.count == 9, pieces[0] == "{", pieces[1] == "descr", pieces[2] == ": ",
      pieces[5] == "fortran_order", pieces[7] == "shape"
    else { throw .malformedHeader(found: text) }
    guard let type = NumpyType(rawValue: pieces[3]) else {
      throw .unsupportedType(found: pieces[3])
    }
    guard pieces[6] != ": True, " else { throw .fortranOrder }
    let tail = pieces[8]
    guard pieces[4] == ", ", pieces[6] == ": False, ", tail.hasPrefix(": ("),
      let end = tail.firstIndex(of: ")"),
      ["}", ", }"].contains(tail[tail.index(after: end)...].filter { $0 != "\n" }.trimmed)
    else { throw .malformedHeader(found: text) }
    let lengths = tail[tail.index(tail.startIndex, offsetBy: 3)..<end].split(separator: ",")
    var shape: [Int] = []
    for length in lengths {
      guard let value = Int(length.filter { $0 != " " }), value >= 0 else {
        throw .malformedHeader(found: text)
      }
      shape.append(value)
    }
    (self.type, self.shape) = (type, shape)
  }
}

extension String {
  /// Without the spaces at its end.
  fileprivate var trimmed: String {
    var text = self
    while text.last == " " { text.removeLast() }
    return text
  }
}
