import Glibc
import Int8Kernels

/// One step of a plan with every address that it needs: plain bytes, so that running one neither
/// allocates nor counts references.
///
/// SAFETY: the program that made it gave each piece of memory the size that the step needs, and
/// keeps it for as long as the action.
@unsafe
enum Action {
  typealias Bytes = UnsafePointer<UInt8>
  typealias MutableBytes = UnsafeMutablePointer<UInt8>

  case convolve(UnsafePointer<ConvolutionCall>)
  case convolveToFloat(
    UnsafePointer<int8_convolution>,
    relu: Bool,
    Bytes,
    UnsafeMutablePointer<Float>,
    scratch: UnsafeMutableRawPointer
  )
  case maxPool(UnsafePointer<int8_window>, Bytes, MutableBytes)
  case averagePool(
    UnsafePointer<int8_window>,
    from: int8_quantization,
    to: int8_quantization,
    Bytes,
    MutableBytes,
    sums: UnsafeMutablePointer<Float>
  )
  case globalAveragePool(
    pixels: Int,
    channels: Int,
    from: int8_quantization,
    to: int8_quantization,
    Bytes,
    MutableBytes,
    sums: UnsafeMutablePointer<Int32>
  )
  case add(
    count: Int,
    (int8_quantization, int8_quantization),
    to: int8_quantization,
    relu: Bool,
    (Bytes, Bytes),
    MutableBytes
  )
  case channelSoftmax(
    pixels: Int,
    channels: Int,
    UnsafePointer<int8_channel_softmax>,
    UnsafePointer<int8_instructions>,
    Bytes,
    MutableBytes
  )
  case softmax(
    outer: Int,
    length: Int,
    inner: Int,
    UnsafePointer<int8_channel_softmax>,
    Bytes,
    MutableBytes
  )
  case softmaxFloat(
    outer: Int,
    length: Int,
    inner: Int,
    UnsafePointer<Float>,
    UnsafeMutablePointer<Float>
  )
  case lookUp(count: Int, table: Bytes, Bytes, MutableBytes)
  case gather(count: Int, indices: UnsafePointer<Int32>, Bytes, MutableBytes)
  /// Without a table the bytes are copied as they are.
  case copyPieces(
    outer: Int,
    length: Int,
    pitch: Int,
    table: Bytes?,
    Bytes,
    MutableBytes
  )
  case dequantize(
    channels: Int,
    pixels: Int,
    int8_quantization,
    Bytes,
    UnsafeMutablePointer<Float>
  )
}

extension Action {
  /// Does it; `team` helps where a convolution is shared.
  func run(_ team: WorkerTeam?) {
    switch unsafe self {
    case .convolve(let call):
      unsafe call.pointee.prepare()
      if unsafe call.pointee.threadCount > 1, let team {
        unsafe team.run(call)
      } else {
        unsafe call.pointee.run(parts: 0..<call.pointee.partCount, thread: 0)
      }
    case .convolveToFloat(let parameters, let relu, let input, let output, let scratch):
      unsafe int8_convolve_to_float(
        parameters,
        parameters.pointee.multipliers,
        relu,
        input,
        output,
        scratch
      )
    case .maxPool(let window, let input, let output):
      unsafe int8_max_pool(window, input, output)
    case .averagePool(let window, let from, let to, let input, let output, let sums):
      unsafe int8_average_pool(window, from, to, input, output, sums)
    case .globalAveragePool(
      let pixels,
      let channels,
      let from,
      let to,
      let input,
      let output,
      let sums
    ):
      unsafe int8_global_average_pool(pixels, channels, from, to, input, output, sums)
    default:
      unsafe runElementwise()
    }
  }

  /// Does what treats elements or vectors one by one.
  private func runElementwise() {
    switch unsafe self {
    case .add(let count, let from, let to, let relu, let inputs, let output):
      unsafe int8_add(count, from.0, from.1, to, relu, inputs.0, inputs.1, output)
    case .channelSoftmax(
      let pixels,
      let channels,
      let softmax,
      let functions,
      let input,
      let output
    ):
      unsafe memcpy(output, input, pixels * channels)
      unsafe functions.pointee.softmax(pixels, channels, softmax, output)
    case .softmax(let outer, let length, let inner, let softmax, let input, let output):
      unsafe int8_softmax(
        outer,
        length,
        inner,
        softmax.pointee.exponentials,
        softmax.pointee.to,
        input,
        output
      )
    case .softmaxFloat(let outer, let length, let inner, let input, let output):
      unsafe int8_softmax_float(outer, length, inner, input, output)
    case .lookUp(let count, let table, let input, let output):
      unsafe int8_look_up(count, table, input, output)
    case .gather(let count, let indices, let input, let output):
      unsafe int8_gather(count, indices, input, output)
    case .copyPieces(let outer, let length, let pitch, let table, let input, let output):
      if let table = unsafe table {
        unsafe int8_copy_pieces(outer, length, pitch, table, input, output)
      } else {
        for piece in 0..<outer {
          unsafe memcpy(output + piece * pitch, input + piece * length, length)
        }
      }
    case .dequantize(let channels, let pixels, let from, let input, let output):
      unsafe int8_dequantize(channels, pixels, from, input, output)
    default: break
    }
  }
}
