import Tensor

/// A value in a plan under construction: what one layer hands to the next.
public struct PlanValue: Sendable, Hashable {
    /// The shape for a batch of one: `[1, H, W, C]` or `[1, M]`.
    public let shape: Shape

    let node: Int
}

/// What modules write themselves into when a model becomes an `InferencePlan`.
///
/// A module's `lower(_:into:)` calls these methods as its forward pass calls operations. Nothing is
/// computed; every call notes a step and returns the value that the step will make. What is small
/// is said plainly (`affine`, `add`, `relu`), and fused into the convolutions before it afterwards.
public struct PlanBuilder {
    private(set) var graph: PlanGraph

    /// The images that go in.
    let input: PlanValue

    private let isForSingleImages: Bool

    /// Starts a plan for images of shape `[1, H, W, C]`, which come one by one or in batches.
    init(image: Shape, isForSingleImages: Bool) {
        graph = PlanGraph()
        self.isForSingleImages = isForSingleImages
        input = PlanValue(shape: image, node: graph.append(.input, [], image))
    }

    /// The graph whose results are `outputs`.
    consuming func finish(_ outputs: [PlanValue]) -> PlanGraph {
        graph.outputs = outputs.map(\.node)
        return graph
    }

    /// A convolution, `[1, H, W, I]` → `[1, H', W', O]`, as the operation `conv2d` describes it.
    ///
    /// - Parameters:
    ///   - x: Images.
    ///   - filter: `[R, S, I/groups, O]`. The plan keeps the values that it has now.
    ///   - bias: `[O]`.
    ///   - stride: The step between windows.
    ///   - padding: Zeros added on each side.
    ///   - dilation: The step between taps.
    ///   - groups: The number of independent groups of channels.
    public mutating func conv2d(
        _ x: PlanValue, filter: Tensor, bias: Tensor? = nil, stride: Spatial = 1,
        padding: Spatial = 0, dilation: Spatial = 1, groups: Int = 1
    ) -> PlanValue {
        var geometry = Conv2dGeometry(
            batch: 1, height: x.shape[1], width: x.shape[2], inputChannels: x.shape[3],
            outputChannels: filter.shape[3],
            kernel: Spatial(height: filter.shape[0], width: filter.shape[1]), stride: stride,
            padding: padding, dilation: dilation, groups: groups)
        geometry.isForSingleImages = isForSingleImages
        return append(
            .convolution(PlanConvolution(filter: filter, bias: bias, geometry: geometry)), [x],
            [1, geometry.outputHeight, geometry.outputWidth, geometry.outputChannels])
    }

    /// x · matrix + bias, `[1, I]` → `[1, O]`: a 1×1 convolution of images of one pixel.
    ///
    /// - Parameters:
    ///   - x: A row.
    ///   - matrix: `[I, O]`. The plan keeps the values that it has now.
    ///   - bias: `[O]`.
    public mutating func linear(
        _ x: PlanValue, matrix: Tensor, bias: Tensor? = nil
    ) -> PlanValue {
        let geometry = Conv2dGeometry(
            batch: 1, height: 1, width: 1, inputChannels: matrix.shape[0],
            outputChannels: matrix.shape[1], kernel: 1)
        return append(
            .convolution(PlanConvolution(filter: matrix, bias: bias, geometry: geometry)), [x],
            [1, matrix.shape[1]])
    }

    /// factor · x + offset with a pair of numbers for each channel (the last axis).
    public mutating func affine(
        _ x: PlanValue, factors: [Double], offsets: [Double]
    ) -> PlanValue {
        guard factors.count == x.shape[-1], offsets.count == x.shape[-1] else {
            fatalError(
                "PlanBuilder: \(factors.count) factors and \(offsets.count) offsets for the "
                    + "channels of \(x.shape)")
        }
        return append(.affine(ChannelAffine(factors: factors, offsets: offsets)), [x], x.shape)
    }

    /// x + y, of equal shapes.
    public mutating func add(_ x: PlanValue, _ y: PlanValue) -> PlanValue {
        guard x.shape == y.shape else {
            fatalError("PlanBuilder: a sum of \(x.shape) and \(y.shape); shapes must be equal")
        }
        return append(.sum, [x, y], x.shape)
    }

    /// max(x, 0).
    public mutating func relu(_ x: PlanValue) -> PlanValue { unary(.relu, x) }

    /// f(x), element by element.
    public mutating func unary(_ function: UnaryFunction, _ x: PlanValue) -> PlanValue {
        append(.unary(function), [x], x.shape)
    }

    /// The maximum of each window, as the operation `maxPool2d` describes it.
    public mutating func maxPool2d(
        _ x: PlanValue, kernel: Spatial, stride: Spatial, padding: Spatial = 0,
        dilation: Spatial = 1, ceilMode: Bool = false
    ) -> PlanValue {
        let geometry = Pool2dGeometry(
            x.shape, kernel: kernel, stride: stride, padding: padding, dilation: dilation,
            ceilMode: ceilMode, countsPadding: false, operation: "PlanBuilder.maxPool2d")
        return append(.maxPool(geometry), [x], geometry.outputShape)
    }

    /// The mean of each window, as the operation `avgPool2d` describes it.
    public mutating func avgPool2d(
        _ x: PlanValue, kernel: Spatial, stride: Spatial, padding: Spatial = 0,
        ceilMode: Bool = false, countsPadding: Bool = true
    ) -> PlanValue {
        let geometry = Pool2dGeometry(
            x.shape, kernel: kernel, stride: stride, padding: padding, dilation: 1,
            ceilMode: ceilMode, countsPadding: countsPadding, operation: "PlanBuilder.avgPool2d")
        return append(.averagePool(geometry), [x], geometry.outputShape)
    }

    /// The means over a grid of cells, `[1, H, W, C]` → `[1, h, w, C]`.
    public mutating func adaptiveAvgPool2d(_ x: PlanValue, outputSize: Spatial) -> PlanValue {
        let geometry = AdaptivePoolGeometry(
            x.shape, outputSize: outputSize, operation: "PlanBuilder.adaptiveAvgPool2d")
        return append(
            .adaptivePool(geometry), [x], [1, outputSize.height, outputSize.width, x.shape[3]])
    }

    /// Values side by side along the channels, `[1, H, W, Cᵢ]` → `[1, H, W, ΣCᵢ]`.
    public mutating func concatenate(_ values: [PlanValue]) -> PlanValue {
        guard let first = values.first?.shape, first.rank == 4,
            values.allSatisfy({
                $0.shape.rank == 4 && $0.shape[1] == first[1] && $0.shape[2] == first[2]
            })
        else {
            fatalError(
                "PlanBuilder: \(values.map { "\($0.shape)" }.joined(separator: ", ")) cannot lie "
                    + "side by side; expected images of one size")
        }
        let channels = values.reduce(0) { $0 + $1.shape[3] }
        return append(.concatenate, values, [1, first[1], first[2], channels])
    }

    /// The images at another size, as the operation `interpolate` describes it, without aligned
    /// corners.
    public mutating func interpolate(
        _ x: PlanValue, size: Spatial, mode: InterpolationMode
    ) -> PlanValue {
        let geometry = InterpolationGeometry(
            batch: 1, height: x.shape[1], width: x.shape[2], channels: x.shape[3],
            outputHeight: size.height, outputWidth: size.width, mode: mode, alignCorners: false)
        return append(.interpolate(geometry), [x], [1, size.height, size.width, x.shape[3]])
    }

    /// The same elements in another shape; costs nothing.
    public mutating func reshape(_ x: PlanValue, _ shape: Shape) -> PlanValue {
        guard shape.count == x.shape.count, shape.rank > 0, shape[0] == 1 else {
            fatalError("PlanBuilder: \(x.shape) cannot become \(shape) image by image")
        }
        return append(.reshape, [x], shape)
    }

    /// The softmax along the last axis, `[1, …, C]`.
    public mutating func softmax(_ x: PlanValue) -> PlanValue { append(.softmax, [x], x.shape) }

    private mutating func append(
        _ operation: PlanOperation, _ inputs: [PlanValue], _ shape: Shape
    ) -> PlanValue {
        PlanValue(shape: shape, node: graph.append(operation, inputs.map(\.node), shape))
    }
}
