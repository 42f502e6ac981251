extension Pool2dGeometry {
    /// The shape rule of window pooling, as PyTorch has it: with `ceilMode` a last window that does
    /// not fit whole is kept if it starts inside the image or its leading border.
    public init(
        _ x: Shape, kernel: Spatial, stride: Spatial, padding: Spatial, dilation: Spatial,
        ceilMode: Bool, countsPadding: Bool, operation: StaticString
    ) {
        check(x.rank == 4, "\(operation): x must be [N, H, W, C], but is \(x)")
        check(
            kernel.height > 0 && kernel.width > 0 && stride.height > 0 && stride.width > 0
                && dilation.height > 0 && dilation.width > 0,
            "\(operation): kernel \(kernel), stride \(stride) and dilation \(dilation) must be positive"
        )
        check(
            (0...kernel.height / 2).contains(padding.height)
                && (0...kernel.width / 2).contains(padding.width),
            "\(operation): padding \(padding) must be at most half of kernel \(kernel)")
        func outputs(_ size: Int, _ axis: KeyPath<Spatial, Int>) -> Int {
            let span =
                size + 2 * padding[keyPath: axis]
                - dilation[keyPath: axis] * (kernel[keyPath: axis] - 1) - 1
            check(
                span >= 0,
                "\(operation): kernel \(kernel) with dilation \(dilation) and padding \(padding) is "
                    + "larger than x \(x)")
            let step = stride[keyPath: axis]
            let count = (span + (ceilMode ? step - 1 : 0)) / step + 1
            let lastStart = (count - 1) * step
            return ceilMode && lastStart >= size + padding[keyPath: axis] ? count - 1 : count
        }
        self.init(
            batch: x[0], height: x[1], width: x[2], channels: x[3],
            outputHeight: outputs(x[1], \.height), outputWidth: outputs(x[2], \.width),
            kernel: kernel, stride: stride, padding: padding, dilation: dilation,
            countsPadding: countsPadding)
    }

    /// `[N, h, w, C]`.
    public var outputShape: Shape { [batch, outputHeight, outputWidth, channels] }
}

extension AdaptivePoolGeometry {
    /// The shape rule of pooling to a fixed size.
    public init(_ x: Shape, outputSize: Spatial, operation: StaticString) {
        check(x.rank == 4, "\(operation): x must be [N, H, W, C], but is \(x)")
        check(
            outputSize.height > 0 && outputSize.width > 0 && x[1] > 0 && x[2] > 0,
            "\(operation): output size \(outputSize) and images \(x) must not be empty")
        self.init(
            batch: x[0], height: x[1], width: x[2], channels: x[3],
            outputHeight: outputSize.height, outputWidth: outputSize.width)
    }
}
