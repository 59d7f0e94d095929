import Int8Kernels

/// A convolution with its numbers, as data: neither its region nor its kernel is chosen yet.
///
/// A matrix product of n rows is a convolution with a 1 x 1 kernel over n pixels.
struct PlannedConvolution {
  /// The whole image.
  let image: Extent
  let channels: Int
  let groups: Int
  /// The whole output, before pooling.
  let window: SlidingWindow
  let outputChannels: Int
  /// In the order output channel, kernel row, kernel column, channel of its group.
  let weights: [Int8]
  /// Minus the input's zero times the sum of the channel's weights.
  let bias: [Int32]
  let multipliers: [Float]
  let inputZero: UInt8
  let outputZero: UInt8
  let outputMinimum: UInt8
  /// What follows before the output is stored.
  var softmax: ChannelSoftmax?
  /// Whether 2 x 2 pixels become one, after the softmax.
  var pools = false

  /// Softmax over the channels of each pixel.
  struct ChannelSoftmax {
    let exponentials: [Float]
    let to: Quantization
  }

  /// The whole output as it is stored.
  var output: Extent {
    let divisor = pools ? 2 : 1
    return Extent(rows: window.output[0] / divisor, columns: window.output[1] / divisor)
  }

  /// The products that `output` stored pixels are made of.
  func multiplications(for output: Extent) -> Int {
    output.pixels * (pools ? 4 : 1) * weights.count
  }

  /// The part of the image that `output`, a part of the stored output, is computed from.
  func extent(for output: Extent) -> Extent {
    let factor = pools ? 2 : 1
    return window.extent(
      for: Extent(rows: output.rows * factor, columns: output.columns * factor),
      of: image
    )
  }

  /// The kernels' description, of `stored` pixels of the image and `output` stored ones, without
  /// pointers.
  func parameters(stored: Extent, output: Extent, pixelByteCount: Int?) -> int8_convolution {
    let factor = pools ? 2 : 1
    let (rows, columns) = (output.rows * factor, output.columns * factor)
    let (kernel, strides, pads) = (window.kernel, window.strides, window.pads)
    // Only the edges that the region reaches are padded.
    let bottom = max(0, (rows - 1) * strides[0] + kernel[0] - pads[0] - stored.rows)
    let right = max(0, (columns - 1) * strides[1] + kernel[1] - pads[1] - stored.columns)
    // SAFETY: whoever passes the description to a kernel sets the pointers first.
    return unsafe int8_convolution(
      rows: Int32(stored.rows),
      columns: Int32(stored.columns),
      channels: Int32(channels),
      groups: Int32(groups),
      kernel_rows: Int32(kernel[0]),
      kernel_columns: Int32(kernel[1]),
      stride_rows: Int32(strides[0]),
      stride_columns: Int32(strides[1]),
      pad_top: Int32(pads[0]),
      pad_left: Int32(pads[1]),
      pad_bottom: Int32(bottom),
      pad_right: Int32(right),
      output_rows: Int32(rows),
      output_columns: Int32(columns),
      output_channels: Int32(outputChannels),
      output_pixel_bytes: Int32(pixelByteCount ?? outputChannels),
      pools: pools,
      input_zero: inputZero,
      output_zero: outputZero,
      output_minimum: outputMinimum,
      weights: nil,
      bias: nil,
      multipliers: nil,
      softmax: nil
    )
  }

  /// Lends the kernels' description with pointers to the numbers of this value.
  func withNumbers<Result>(
    of parameters: int8_convolution,
    _ use: (UnsafePointer<int8_convolution>) -> Result
  ) -> Result {
    let exponentials = softmax?.exponentials ?? []
    let to = softmax?.to.parameters ?? int8_quantization()
    // SAFETY: the pointers are used until `use` returns only.
    return unsafe exponentials.withUnsafeBufferPointer { exponentials in
      var own = unsafe int8_channel_softmax(exponentials: exponentials.baseAddress, to: to)
      return unsafe withUnsafePointer(to: &own) { softmax in
        unsafe weights.withUnsafeBufferPointer { weights in
          unsafe bias.withUnsafeBufferPointer { bias in
            unsafe multipliers.withUnsafeBufferPointer { multipliers in
              var filled = unsafe parameters
              unsafe filled.weights = weights.baseAddress
              unsafe filled.bias = bias.baseAddress
              unsafe filled.multipliers = multipliers.baseAddress
              unsafe filled.softmax = self.softmax == nil ? nil : softmax
              return unsafe use(&filled)
            }
          }
        }
      }
    }
  }
}
