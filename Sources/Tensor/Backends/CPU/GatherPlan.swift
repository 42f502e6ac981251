import Kernels

/// A convolution, or one phase of its input gradient, as a product with gathered patches: the
/// Swift side of `residual_gather`.
struct GatherPlan {
    private let tapRows: TapAxis, tapColumns: TapAxis
    private let kernelWidth: Int

    /// Channels that are read for each tap, and columns of the product.
    let depth: Int, columns: Int
    private let shape: residual_gather

    /// The pixels that are computed, over all images.
    let rows: Int
    /// The taps of the kernel that are seen.
    var tapCount: Int { tapRows.count * tapColumns.count }
    /// The terms of each sum.
    var terms: Int { tapCount * depth }
    /// Floats of a packed panel of the filter.
    var panelSize: Int { terms * panelColumns }
    /// Whether the plan's rows also write the zeros of the phases after it, which no tap hits.
    var fillsCells: Bool { shape.fills_cells }
    /// Panels of one group's filter.
    var panels: Int { ceilDivide(columns, panelColumns) }

    /// The forward pass: output pixel (i, j) sees source pixel (i·stride + r·dilation − padding,
    /// …).
    init(forward g: Conv2dGeometry) {
        var shape = residual_gather()
        shape.source_height = g.height
        shape.source_width = g.width
        shape.source_channels = g.inputChannels
        shape.grid_height = g.outputHeight
        shape.grid_width = g.outputWidth
        shape.step_y = g.stride.height
        shape.step_x = g.stride.width
        shape.destination_height = g.outputHeight
        shape.destination_width = g.outputWidth
        shape.destination_channels = g.outputChannels
        shape.spacing_y = 1
        shape.spacing_x = 1
        self.init(
            g, shape, depth: g.inputChannels / g.groups, columns: g.outputChannels / g.groups,
            TapAxis(g.kernel.height, dilation: g.dilation.height, padding: g.padding.height),
            TapAxis(g.kernel.width, dilation: g.dilation.width, padding: g.padding.width))
    }

    /// The input gradient at pixels (i·stride + phase): the taps r with phase + padding −
    /// r·dilation divisible by the stride hit them, from output pixel i + that quotient.
    init(inputGradient g: Conv2dGeometry, phase: Spatial) {
        var shape = residual_gather()
        shape.source_height = g.outputHeight
        shape.source_width = g.outputWidth
        shape.source_channels = g.outputChannels
        shape.grid_height = ceilDivide(g.height - phase.height, g.stride.height)
        shape.grid_width = ceilDivide(g.width - phase.width, g.stride.width)
        shape.step_y = 1
        shape.step_x = 1
        shape.destination_height = g.height
        shape.destination_width = g.width
        shape.destination_channels = g.inputChannels
        shape.origin_y = phase.height
        shape.origin_x = phase.width
        shape.spacing_y = g.stride.height
        shape.spacing_x = g.stride.width
        shape.fills_cells = g.kernel == 1 && g.padding == 0 && g.stride != 1
        self.init(
            g, shape, depth: g.outputChannels / g.groups, columns: g.inputChannels / g.groups,
            TapAxis(
                g.kernel.height, dilation: g.dilation.height, padding: g.padding.height,
                stride: g.stride.height, hitting: phase.height),
            TapAxis(
                g.kernel.width, dilation: g.dilation.width, padding: g.padding.width,
                stride: g.stride.width, hitting: phase.width))
    }

    private init(
        _ geometry: Conv2dGeometry, _ shape: residual_gather, depth: Int, columns: Int,
        _ tapRows: TapAxis, _ tapColumns: TapAxis
    ) {
        var shape = shape
        shape.depth = depth
        shape.tap_rows = tapRows.count
        shape.tap_columns = tapColumns.count
        shape.tap_y = tapRows.place
        shape.tap_x = tapColumns.place
        shape.tap_step_y = tapRows.distance
        shape.tap_step_x = tapColumns.distance
        shape.tap_count = tapRows.count * tapColumns.count
        let isAdjacent = depth == shape.source_channels && tapColumns.distance == 1
        shape.run_length = isAdjacent ? max(tapColumns.count, 1) : 1
        self.shape = shape
        self.tapRows = tapRows
        self.tapColumns = tapColumns
        self.depth = depth
        self.columns = columns
        kernelWidth = geometry.kernel.width
        rows = geometry.batch * shape.grid_height * shape.grid_width
    }

    /// Calls `body` with the number of each tap in the packed filter and in the kernel.
    func forEachTap(_ body: (_ position: Int, _ index: Int) -> Void) {
        for row in 0..<tapRows.count {
            for column in 0..<tapColumns.count {
                body(
                    row * tapColumns.count + column,
                    tapRows[row] * kernelWidth + tapColumns[column])
            }
        }
    }

    /// Gives the kernels' description to `body`.
    func withShape<Result>(_ body: (UnsafePointer<residual_gather>) -> Result) -> Result {
        withUnsafePointer(to: shape, body)
    }
}

/// The taps of a kernel along one axis that are seen, in the order of the packed filter's rows: `count` of
/// them, evenly spaced.
private struct TapAxis {
    private(set) var count = 0
    /// Where the first one looks, relative to a pixel in the source, and the distance to the next.
    let place: Int, distance: Int

    /// The first one's number, and the difference to the next.
    private var first = 0, step = 1

    /// All of a kernel's, for a forward pass.
    init(_ size: Int, dilation: Int, padding: Int) {
        count = size
        place = -padding
        distance = dilation
    }

    /// Those that hit the input pixels at multiples of `stride` plus `phase`, the last one first, so that
    /// they look further and further.
    init(_ size: Int, dilation: Int, padding: Int, stride: Int, hitting phase: Int) {
        for tap in (0..<size).reversed()
        where (phase + padding - tap * dilation).isMultiple(of: stride) {
            if count == 0 { first = tap }
            if count == 1 { step = tap - first }
            count += 1
        }
        place = (phase + padding - first * dilation) / stride
        distance = -step * dilation / stride
    }

    /// The number of a tap in the kernel.
    subscript(position: Int) -> Int { first + position * step }
}
