import QuantizedNetwork
import Spectra
import Testing

/// A damaged file, and words that its error must contain.
struct HostileFile: CustomTestStringConvertible, Sendable {
  let testDescription: String
  let words: String
  let damage: @Sendable (inout ModelBytes) -> Void

  init(_ what: String, _ words: String, _ damage: @escaping @Sendable (inout ModelBytes) -> Void) {
    testDescription = what
    self.words = words
    self.damage = damage
  }

  static let graphs: [HostileFile] = [
    HostileFile("no nodes", "output 'y' is not computed") { $0.nodes = [] },
    HostileFile("no outputs", "at least one input and one output") { $0.outputs = [] },
    HostileFile("no inputs", "at least one input and one output") { $0.inputs = [] },
    HostileFile("a cycle", "node 'xq' (QuantizeLinear): reads 'y', which no earlier node") {
      $0.nodes[0] = ModelBytes.node("QuantizeLinear", ["y", "sx", "zx"], "xq")
    },
    HostileFile("a missing initializer", "reads 'w', which no earlier node") {
      $0.initializers.remove(at: 6)
    },
    HostileFile("two initializers of one name", "the name 'w' is given twice") {
      $0.initializers.append($0.initializers[6])
    },
    HostileFile("two values of one name", "the name 'xq' is given twice") {
      $0.nodes.append($0.nodes[0])
    },
    HostileFile("two inputs of one name", "the name 'x' is given twice") {
      $0.inputs.append($0.inputs[0])
    },
    HostileFile("an unnamed initializer", "an initializer has no name") {
      $0.initializers.append(ModelBytes.byte("", 1))
    },
    HostileFile("more nodes than allowed", "nodes, at most 4096") {
      $0.nodes = Array(repeating: $0.nodes[0], count: 4097)
    },
    HostileFile("an old operator set", "the operator set's version is 7") {
      $0.operatorVersions = [7]
    },
    HostileFile("two operator sets", "the operator set's version") {
      $0.operatorVersions = [13, 17]
    },
    HostileFile("an input of integers", "has element type 7, not float") {
      $0.inputs = [ModelBytes.port("x", sizes: [.open], type: 7)]
    },
    HostileFile("an open dimension that is not the batch", "unusable shape") {
      $0.inputs = [ModelBytes.port("x", sizes: [.open, .open, .fixed(4), .fixed(4)])]
    },
    HostileFile("a negative dimension", "unusable shape") {
      $0.inputs = [ModelBytes.port("x", sizes: [.open, .fixed(-2), .fixed(4), .fixed(4)])]
    },
    HostileFile("dimensions whose product overflows", "unusable shape") {
      let huge = ModelBytes.Size.fixed(.max)
      $0.inputs = [ModelBytes.port("x", sizes: [.open, huge, huge, huge])]
    },
    HostileFile("a batch of two", "a batch of 2") {
      $0.inputs = [ModelBytes.port("x", sizes: [.fixed(2), .fixed(2), .fixed(4), .fixed(4)])]
    },
    HostileFile("more dimensions than allowed", "unusable shape") {
      $0.inputs = [ModelBytes.port("x", sizes: Array(repeating: .fixed(1), count: 1000))]
    },
    HostileFile("an initializer with negative sizes", "'w' has the unusable shape") {
      $0.initializers[6] = ModelBytes.tensor("w", [3, -2, 3, 3], type: 3, raw: [])
    },
    HostileFile("an initializer with absurd sizes", "'w' has the unusable shape") {
      $0.initializers[6] = ModelBytes.tensor("w", [1 << 62, 1 << 62], type: 3, raw: [1])
    },
    HostileFile("an initializer that is too short", "'w' holds 53 elements or bytes") {
      $0.initializers[6] = ModelBytes.tensor(
        "w",
        [3, 2, 3, 3],
        type: 3,
        raw: [UInt8](repeating: 1, count: 53)
      )
    },
    HostileFile("an initializer of an unknown type", "element type 10") {
      $0.initializers[6] = ModelBytes.tensor("w", [1], type: 10, raw: [0, 0])
    },
  ]

  static let nodes: [HostileFile] = [
    HostileFile("an unknown operator", "node 'c' (Celu): the operator is not supported") {
      $0.nodes[4] = ModelBytes.node("Celu", ["xr"], "c")
    },
    HostileFile("a dilated convolution", "node 'c' (Conv): attribute 'dilations' is [2, 2]") {
      $0.replaceConvolution([ModelBytes.integers("dilations", [2, 2])])
    },
    HostileFile("negative pads", "attribute 'pads'") {
      $0.replaceConvolution([ModelBytes.integers("pads", [-1, 0, 0, 0])])
    },
    HostileFile("a stride of zero", "attribute 'strides'") {
      $0.replaceConvolution([ModelBytes.integers("strides", [0, 1])])
    },
    HostileFile("absurd pads", "a smaller padded image") {
      $0.replaceConvolution([ModelBytes.integers("pads", [9_999_999, 9_999_999, 0, 0])])
    },
    HostileFile("absurd groups", "attribute 'group'") {
      $0.replaceConvolution([ModelBytes.integer("group", .max)])
    },
    HostileFile("a number whose magnitude overflows", "attribute 'group' is not usable") {
      $0.replaceConvolution([ModelBytes.integer("group", .min)])
    },
    HostileFile("groups that do not divide the channels", "for 2 groups") {
      $0.replaceConvolution([ModelBytes.integer("group", 2)])
    },
    HostileFile("a kernel larger than the image", "a kernel that fits") {
      $0.inputs = [ModelBytes.port("x", sizes: [.open, .fixed(2), .fixed(2), .fixed(2)])]
      $0.replaceConvolution([])
    },
    HostileFile("a bias of another scale", "bias scale 7") {
      $0.initializers[7] = ModelBytes.scale("sb", [7, 1, 1.5])
    },
    HostileFile("weights with scales for input channels", "scales along axis 1") {
      $0.nodes[2] = ModelBytes.node(
        "DequantizeLinear",
        ["w", "sw", "zw"],
        "wr",
        [ModelBytes.integer("axis", 1)]
      )
      $0.initializers[4] = ModelBytes.scale("sw", [1, 2])
      $0.initializers[5] = ModelBytes.tensor("zw", [2], type: 3, raw: [0, 0])
    },
    HostileFile("a bias that overflows the sums", "output channel 1 could exceed 32 bits") {
      var raw = [UInt8](repeating: 0, count: 12)
      raw.replaceSubrange(4..<8, with: [0xFF, 0xFF, 0xFF, 0x7F])
      $0.initializers[8] = ModelBytes.tensor("b", [3], type: 6, raw: raw)
    },
    HostileFile("a scale of zero", "is quantized with scale 0.0") {
      $0.initializers[0] = ModelBytes.scale("sx", [0])
    },
    HostileFile("a scale that is not a number", "is quantized with scale nan") {
      $0.initializers[0] = ModelBytes.scale("sx", [.nan])
    },
    HostileFile("weights with a zero point", "weights' zero 1") {
      $0.initializers[5] = ModelBytes.tensor("zw", [3], type: 3, raw: [0, 1, 0])
    },
    HostileFile("weights as uint8", "operand 'wr' should be stored int8") {
      $0.initializers[6] = ModelBytes.tensor("w", [3, 2, 3, 3], type: 2, raw: .init(0..<54))
    },
    HostileFile("bytes read with another scale", "the same scale and zero") {
      $0.nodes[1] = ModelBytes.node("DequantizeLinear", ["xq", "sy", "zx"], "xr")
    },
    HostileFile("a float operand", "should be the output of DequantizeLinear") {
      $0.nodes[4] = ModelBytes.node("Conv", ["x", "wr", "br"], "c")
    },
    HostileFile("an operator without inputs", "node 'r' (Relu): has 0 inputs") {
      $0.nodes[5] = ModelBytes.node("Relu", [], "r")
    },
  ]
}

extension ModelBytes {
  mutating func replaceConvolution(_ attributes: [[UInt8]]) {
    nodes[4] = Self.node("Conv", ["xr", "wr", "br"], "c", attributes)
  }
}

@Suite struct HostileFileTests {
  @Test(arguments: HostileFile.graphs + HostileFile.nodes)
  func `a file is refused with an error that says why:`(_ file: HostileFile) {
    var model = ModelBytes.convolution()
    file.damage(&model)
    let error = #expect(throws: NetworkError.self) { try Network(onnx: model.bytes) }
    #expect(error?.description.contains(file.words) == true, "\(String(describing: error))")
  }

  @Test func `the file that the others are damaged from is accepted`() throws {
    let network = try Network(onnx: ModelBytes.convolution().bytes)
    #expect(network.outputs == [NetworkTensor(name: "y", shape: [1, 3, 4, 4])])
  }

  @Test func `every truncation of a file is refused`() throws {
    let bytes = ModelBytes.convolution().bytes
    // The last field names the operator set; without it the version is missing.
    for count in 0..<bytes.count {
      #expect(throws: NetworkError.self, "\(count) bytes") {
        try Network(onnx: Array(bytes.prefix(count)))
      }
    }
  }

  @Test func `no single damaged byte crashes`() throws {
    let bytes = ModelBytes.convolution().bytes
    for index in bytes.indices {
      for change in [0x01, 0x80, 0xFF] as [UInt8] {
        var damaged = bytes
        damaged[index] ^= change
        if let network = try? Network(onnx: damaged) { network.run() }
      }
    }
  }

  @Test func `a file above the limit is refused before it is read`() {
    let bytes = [UInt8](repeating: 0, count: Limits.networkFileBytes + 1)
    #expect(throws: NetworkError.fileTooLarge(byteCount: bytes.count)) { try Network(onnx: bytes) }
  }
}
