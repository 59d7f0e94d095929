import FoundationEssentials

/// A tensor whose elements are in the file.
struct StoredTensor {
  enum Elements {
    case float([Float])
    case int8([Int8])
    case uint8([UInt8])
    case int32([Int32])
    case int64([Int64])
  }

  let shape: [Int]
  let elements: Elements

  /// Reads a stored tensor; its elements may be raw little-endian bytes or typed fields.
  init(_ message: OnnxTensorProto, name: String) throws(NetworkError) {
    guard message.dataLocation == 0 else { throw .graph(.initializerOutsideFile(name: name)) }
    let sizes = message.dims.compactMap { Int(exactly: $0) }
    guard sizes.count == message.dims.count, let count = NetworkLimits.elementCount(sizes) else {
      throw .graph(.initializerShape(name: name, shape: Array(message.dims.prefix(8))))
    }
    shape = sizes
    elements = try Self.readElements(message, name: name, count: count)
  }

  /// A tensor made of elements that are known already.
  init(shape: [Int], elements: Elements) {
    self.shape = shape
    self.elements = elements
  }

  /// The whole numbers of a shape or a list of axes, or nil where the elements are not int64.
  var integers: [Int64]? {
    guard case .int64(let values) = elements else { return nil }
    return values
  }

  private static func readElements(
    _ message: OnnxTensorProto,
    name: String,
    count: Int
  ) throws(NetworkError) -> Elements {
    func check(_ found: Int, _ expected: Int) throws(NetworkError) {
      guard found == expected else {
        throw .graph(.initializerSize(name: name, found: found, expected: expected))
      }
    }
    let raw = message.rawData
    func readRaw<Value: FixedWidthInteger & BitwiseCopyable>(_ type: Value.Type) throws(NetworkError) -> [Value] {
      try check(raw.count, count * MemoryLayout<Value>.size)
      return littleEndian(raw)
    }
    func narrow<Value: FixedWidthInteger & BitwiseCopyable>(_ type: Value.Type) throws(NetworkError) -> [Value] {
      if !raw.isEmpty { return try readRaw(type) }
      try check(message.int32Data.count, count)
      let values = message.int32Data.compactMap { Value(exactly: $0) }
      try check(values.count, count)
      return values
    }
    switch message.dataType {
    case 1:
      if !raw.isEmpty {
        return .float(try readRaw(UInt32.self).map { Float(bitPattern: $0) })
      }
      try check(message.floatData.count, count)
      return .float(message.floatData)
    case 2: return .uint8(try narrow(UInt8.self))
    case 3: return .int8(try narrow(Int8.self))
    case 6: return .int32(try narrow(Int32.self))
    case 7:
      if !raw.isEmpty { return .int64(try readRaw(Int64.self)) }
      try check(message.int64Data.count, count)
      return .int64(message.int64Data)
    default:
      throw .graph(.initializerType(name: name, type: message.dataType))
    }
  }

  private static func littleEndian<Value: FixedWidthInteger & BitwiseCopyable>(
    _ bytes: Data
  ) -> [Value] {
    // SAFETY: only whole values inside the buffer are loaded, and any bits are a value.
    unsafe bytes.withUnsafeBytes { buffer in
      let count = buffer.count / MemoryLayout<Value>.size
      return unsafe [Value](unsafeUninitializedCapacity: count) { values, initialized in
        unsafe UnsafeMutableRawBufferPointer(values).copyMemory(from: buffer)
        for index in 0..<count { unsafe values[index] = Value(littleEndian: values[index]) }
        initialized = count
      }
    }
  }
}
