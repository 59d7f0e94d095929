import Spectra

/// A quantized neural network: planned once from an ONNX file, run many times without allocating.
///
/// One thread owns a network: nothing in it is protected against a second one. Write every input,
/// run, read the outputs.
package final class Network {
  /// What the network reads, in the file's order.
  package let inputs: [NetworkTensor]
  /// What the network computes, in the file's order.
  package let outputs: [NetworkTensor]
  private var inputValues: FixedArray<Float>
  private var inputBytes: FixedArray<UInt8>
  private var outputValues: FixedArray<Float>

  /// Reads a QDQ int8 ONNX file and plans its execution; all memory is taken here.
  ///
  /// - Throws: `NetworkError`, which names the node that is damaged or not supported.
  package init(onnx bytes: [UInt8]) throws(NetworkError) {
    guard bytes.count <= Limits.networkFileBytes else {
      throw .fileTooLarge(byteCount: bytes.count)
    }
    throw .notONNX
  }

  /// How input `index` is kept, or nil where its quantized bytes cannot be written directly.
  ///
  /// They can where the input feeds exactly one quantization.
  package func quantizedLayout(ofInput index: Int) -> QuantizedLayout? { nil }

  /// Lends the elements of input `index` in the file's order to `fill`, which writes them all.
  package func writeInput(_ index: Int, _ fill: (inout MutableSpan<Float>) -> Void) {
    inputValues.withMutableSpan { fill(&$0) }
  }

  /// Lends the bytes of input `index` in its `quantizedLayout` to `fill`, which writes them all.
  ///
  /// Traps where the input has no such layout.
  package func writeQuantizedInput(
    _ index: Int,
    _ fill: (inout MutableSpan<UInt8>) -> Void
  ) {
    inputBytes.withMutableSpan { fill(&$0) }
  }

  /// Computes every output from the inputs that were written last.
  package func run() {}

  /// Lends the elements of output `index`, in the file's order, as the last run left them.
  package func readOutput<Result>(_ index: Int, _ use: (Span<Float>) -> Result) -> Result {
    outputValues.withSpan { use($0) }
  }
}
