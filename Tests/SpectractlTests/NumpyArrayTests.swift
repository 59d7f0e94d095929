import Testing
import spectractl

@Suite struct NumpyArrayTests {
  @Test func `what is written reads back`() throws {
    let arrays = [
      NumpyArray(
        shape: [2, 2],
        elements: .float32([0, -1.5, .infinity, Float.leastNonzeroMagnitude])
      ),
      NumpyArray(shape: [], elements: .float64([.pi])),
      NumpyArray(shape: [0, 3], elements: .uint8([])),
      NumpyArray(shape: [3], elements: .int8([-128, 0, 127])),
      NumpyArray(shape: [1, 2], elements: .int64([.min, .max])),
    ]
    for array in arrays {
      #expect(try NumpyArray(parsing: array.encoded) == array)
    }
  }

  @Test func `every shorter or longer file is refused`() {
    let bytes = NumpyArray(shape: [3], elements: .float32([1, 2, 3])).encoded
    for count in 0..<bytes.count {
      #expect(throws: NumpyFileError.self) { try NumpyArray(parsing: Array(bytes[..<count])) }
    }
    #expect(throws: NumpyFileError.truncated(found: bytes.count + 1, expected: bytes.count)) {
      try NumpyArray(parsing: bytes + [0])
    }
  }
}
