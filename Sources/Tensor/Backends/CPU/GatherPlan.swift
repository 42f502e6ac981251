import Kernels

/// A convolution, or one phase of its input gradient, as a product with gathered patches: the
/// Swift side of `residual_gather`.
struct GatherPlan {
    /// A tap of the kernel and where it looks, relative to a pixel in the source.
    struct Tap {
        let index: Int
        let y: Int, x: Int
    }

    /// The taps in the order of the packed filter's rows.
    let taps: [Tap]
    /// Channels that are read for each tap, and columns of the product.
    let depth: Int, columns: Int
    private let runs: [residual_tap_run]
    private let shape: residual_gather

    /// The pixels that are computed, over all images.
    let rows: Int
    /// The terms of each sum.
    var terms: Int { taps.count * depth }
    /// Floats of a packed panel of the filter.
    var panelSize: Int { terms * panelColumns }
    /// Whether the plan's rows also write the zeros of the phases after it, which no tap hits.
    var fillsCells: Bool { shape.fills_cells }
    /// Panels of one group's filter.
    var panels: Int { ceilDivide(columns, panelColumns) }

    /// The forward pass: output pixel (i, j) sees source pixel (i·stride + r·dilation − padding,
    /// …).
    init(forward g: Conv2dGeometry) {
        var taps: [Tap] = []
        for r in 0..<g.kernel.height {
            for s in 0..<g.kernel.width {
                taps.append(
                    Tap(
                        index: r * g.kernel.width + s,
                        y: r * g.dilation.height - g.padding.height,
                        x: s * g.dilation.width - g.padding.width))
            }
        }
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
            shape, taps: taps, batch: g.batch, depth: g.inputChannels / g.groups,
            columns: g.outputChannels / g.groups)
    }

    /// The input gradient at pixels (i·stride + phase): the taps r with phase + padding −
    /// r·dilation divisible by the stride hit them, from output pixel i + that quotient.
    init(inputGradient g: Conv2dGeometry, phase: Spatial) {
        var taps: [Tap] = []
        for r in (0..<g.kernel.height).reversed() {
            for s in (0..<g.kernel.width).reversed() {
                let y = phase.height + g.padding.height - r * g.dilation.height
                let x = phase.width + g.padding.width - s * g.dilation.width
                guard y % g.stride.height == 0 && x % g.stride.width == 0 else { continue }
                taps.append(
                    Tap(
                        index: r * g.kernel.width + s, y: y / g.stride.height,
                        x: x / g.stride.width))
            }
        }
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
            shape, taps: taps, batch: g.batch, depth: g.outputChannels / g.groups,
            columns: g.inputChannels / g.groups)
    }

    private init(
        _ shape: residual_gather, taps: [Tap], batch: Int, depth: Int, columns: Int
    ) {
        var shape = shape
        shape.depth = depth
        shape.tap_count = taps.count
        self.taps = taps
        self.depth = depth
        self.columns = columns
        rows = batch * shape.grid_height * shape.grid_width
        runs = GatherPlan.runs(of: taps, areAdjacent: depth == shape.source_channels)
        shape.run_count = runs.count
        self.shape = shape
    }

    /// Merges taps at consecutive columns if their channels lie side by side.
    private static func runs(of taps: [Tap], areAdjacent: Bool) -> [residual_tap_run] {
        var runs: [residual_tap_run] = []
        for tap in taps {
            if areAdjacent, let last = runs.last, Int(last.y) == tap.y,
                Int(last.x + last.count) == tap.x
            {
                runs[runs.count - 1].count += 1
            } else {
                runs.append(residual_tap_run(y: Int32(tap.y), x: Int32(tap.x), count: 1))
            }
        }
        return runs
    }

    /// Gives the kernels' description to `body`.
    func withShape<Result>(_ body: (UnsafePointer<residual_gather>) -> Result) -> Result {
        runs.withUnsafeBufferPointer { runs in
            var shape = shape
            shape.runs = runs.baseAddress
            return withUnsafePointer(to: shape, body)
        }
    }
}
