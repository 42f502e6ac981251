/// Convolves a batch of images with a bank of filters.
///
///     y[n, i, j, o] = b[o] + Σ_{r,s,c} w[r, s, c, o] · x[n, i·stride + r·dilation − padding, …, c]
///
/// - Parameters:
///   - x: Images, `[N, H, W, I]`.
///   - weight: Filters, `[R, S, I / groups, O]`.
///   - bias: `[O]`.
///   - stride: The step between windows.
///   - padding: Zeros added on each side.
///   - dilation: The step between taps.
///   - groups: Output channels of group g see the input channels of group g alone.
/// - Returns: `[N, ⌊(H + 2·padding − dilation·(R − 1) − 1) / stride⌋ + 1, …, O]`. Saves x (see
///   `SavedTensor`) and the weight.
public func conv2d(
    _ x: Tensor, _ weight: Tensor, bias: Tensor? = nil, stride: Spatial = 1, padding: Spatial = 0,
    dilation: Spatial = 1, groups: Int = 1
) -> Tensor {
    let geometry = Conv2dGeometry(
        x.shape, weight.shape, stride: stride, padding: padding, dilation: dilation, groups: groups)
    let outputShape: Shape = [
        geometry.batch, geometry.outputHeight, geometry.outputWidth, geometry.outputChannels,
    ]
    if let bias {
        check(
            bias.shape == [geometry.outputChannels],
            "conv2d: bias \(bias.shape) does not fit weight \(weight.shape)")
    }
    let (weight, bias) = (weight.inFloat32, bias?.inFloat32)
    let y = x.backend.make(outputShape, x.elementType) {
        $0.conv2d(x.memory, filter: weight.memory, bias: bias?.memory, geometry, into: $1)
    }
    return record("conv2d", y, from: [x, weight] + (bias.map { [$0] } ?? [])) {
        [shape = x.shape, type = x.elementType, x = SavedTensor(x), weight = weight.detached()]
        dy, wants in
        let backend = dy.backend
        // First what may have to make x again, which is then gone before dx is there.
        let dw =
            wants[1]
            ? withExtendedLifetime(x.value) { x in
                backend.make(weight.shape) {
                    $0.conv2dFilterGradient(dy: dy.memory, x.memory, geometry, into: $1)
                }
            } : nil
        let dx =
            wants[0]
            ? backend.make(shape, type) {
                $0.conv2dInputGradient(dy: dy.memory, filter: weight.memory, geometry, into: $1)
            } : nil
        let db = wants.count > 2 && wants[2] ? dy.summed(to: [geometry.outputChannels]) : nil
        return [dx, dw, db]
    }
}

extension Conv2dGeometry {
    /// The shape rule of `conv2d`.
    init(
        _ x: Shape, _ weight: Shape, stride: Spatial, padding: Spatial, dilation: Spatial,
        groups: Int
    ) {
        check(x.rank == 4, "conv2d: x must be [N, H, W, C], but is \(x)")
        check(weight.rank == 4, "conv2d: weight must be [R, S, I/groups, O], but is \(weight)")
        check(
            groups > 0 && weight[3] % groups == 0,
            "conv2d: weight \(weight) has \(weight[3]) output channels, no multiple of \(groups) groups"
        )
        check(
            weight[2] * groups == x[3],
            "conv2d: weight \(weight) expects \(weight[2] * groups) input channels, but x is \(x)")
        check(
            stride.height > 0 && stride.width > 0 && dilation.height > 0 && dilation.width > 0
                && padding.height >= 0 && padding.width >= 0,
            "conv2d: stride \(stride) and dilation \(dilation) must be positive, padding \(padding) "
                + "not negative")
        self.init(
            batch: x[0], height: x[1], width: x[2], inputChannels: x[3], outputChannels: weight[3],
            kernel: Spatial(height: weight[0], width: weight[1]), stride: stride, padding: padding,
            dilation: dilation, groups: groups)
        check(
            x[1] + 2 * padding.height > dilation.height * (kernel.height - 1)
                && x[2] + 2 * padding.width > dilation.width * (kernel.width - 1),
            "conv2d: kernel \(kernel) with dilation \(dilation) and padding \(padding) is larger "
                + "than x \(x)")
    }
}
