extension ReferenceBackend {
    /// y = the maximum of each window, and where it was.
    public func maxPool2d(
        _ x: DeviceMemory, _ geometry: Pool2dGeometry, into y: DeviceMemory, indices: DeviceMemory?
    ) {
        let g = geometry
        let x = floats(x)
        let y = floats(y)
        let indices = indices.map(integers)
        forEachWindow(g) { n, c, output, taps, _ in
            // −1 where every tap of the window is border.
            var best: (value: Float, index: Int) = (-.infinity, -1)
            for (h, w) in taps {
                let value = x[((n * g.height + h) * g.width + w) * g.channels + c]
                if value > best.value || value.isNaN || best.index < 0 {
                    best = (value, h * g.width + w)
                }
            }
            y[output] = best.value
            indices?[output] = Int32(best.index)
        }
    }

    /// dx from dy and the positions.
    public func maxPool2dGradient(
        dy: DeviceMemory, indices: DeviceMemory, _ geometry: Pool2dGeometry, into dx: DeviceMemory
    ) {
        let g = geometry
        let dy = floats(dy)
        let indices = integers(indices)
        var sums = [Double](repeating: 0, count: g.batch * g.height * g.width * g.channels)
        forEachWindow(g) { n, c, output, _, _ in
            guard indices[output] >= 0 else { return }
            let pixel = n * g.height * g.width + Int(indices[output])
            sums[pixel * g.channels + c] += Double(dy[output])
        }
        write(sums, to: floats(dx))
    }

    /// y = the mean of each window.
    public func avgPool2d(_ x: DeviceMemory, _ geometry: Pool2dGeometry, into y: DeviceMemory) {
        let g = geometry
        let x = floats(x)
        let y = floats(y)
        forEachWindow(g) { n, c, output, taps, divisor in
            var sum = 0.0
            for (h, w) in taps {
                sum += Double(x[((n * g.height + h) * g.width + w) * g.channels + c])
            }
            y[output] = Float(sum / Double(divisor))
        }
    }

    /// dx from dy.
    public func avgPool2dGradient(
        dy: DeviceMemory, _ geometry: Pool2dGeometry, into dx: DeviceMemory
    ) {
        let g = geometry
        let dy = floats(dy)
        var sums = [Double](repeating: 0, count: g.batch * g.height * g.width * g.channels)
        forEachWindow(g) { n, c, output, taps, divisor in
            for (h, w) in taps {
                let input = ((n * g.height + h) * g.width + w) * g.channels + c
                sums[input] += Double(dy[output]) / Double(divisor)
            }
        }
        write(sums, to: floats(dx))
    }

    /// y = the mean of each cell.
    public func adaptiveAvgPool2d(
        _ x: DeviceMemory, _ geometry: AdaptivePoolGeometry, into y: DeviceMemory
    ) {
        let x = floats(x)
        let count = geometry.batch * geometry.outputHeight * geometry.outputWidth
        var sums = [Double](repeating: 0, count: count * geometry.channels)
        forEachCell(geometry) { sums[$1] += $2 * Double(x[$0]) }
        write(sums, to: floats(y))
    }

    /// dx from dy.
    public func adaptiveAvgPool2dGradient(
        dy: DeviceMemory, _ geometry: AdaptivePoolGeometry, into dx: DeviceMemory
    ) {
        let dy = floats(dy)
        let count = geometry.batch * geometry.height * geometry.width
        var sums = [Double](repeating: 0, count: count * geometry.channels)
        forEachCell(geometry) { sums[$0] += $2 * Double(dy[$1]) }
        write(sums, to: floats(dx))
    }

    /// Calls `body` for every output element with the pixels of its window that are inside the image
    /// and the divisor of a mean.
    private func forEachWindow(
        _ g: Pool2dGeometry,
        _ body: (
            _ n: Int, _ c: Int, _ output: Int, _ taps: [(h: Int, w: Int)], _ divisor: Int
        ) -> Void
    ) {
        forEachIndex([g.batch, g.outputHeight, g.outputWidth]) { pixel, index in
            let top = index[1] * g.stride.height - g.padding.height
            let left = index[2] * g.stride.width - g.padding.width
            var taps: [(h: Int, w: Int)] = []
            for r in 0..<g.kernel.height {
                for s in 0..<g.kernel.width {
                    let h = top + r * g.dilation.height
                    let w = left + s * g.dilation.width
                    if (0..<g.height).contains(h), (0..<g.width).contains(w) { taps.append((h, w)) }
                }
            }
            // The border counts, what `ceilMode` adds beyond it does not.
            let rows = min(top + g.kernel.height, g.height + g.padding.height) - top
            let columns = min(left + g.kernel.width, g.width + g.padding.width) - left
            let divisor = g.countsPadding ? rows * columns : taps.count
            for c in 0..<g.channels {
                body(index[0], c, pixel * g.channels + c, taps, divisor)
            }
        }
    }

    /// Calls `body(input, output, weight)` for every pixel of every cell.
    private func forEachCell(_ g: AdaptivePoolGeometry, _ body: (Int, Int, Double) -> Void) {
        func cell(_ i: Int, of extent: Int, in count: Int) -> Range<Int> {
            i * extent / count..<((i + 1) * extent + count - 1) / count
        }
        forEachIndex([g.batch, g.outputHeight, g.outputWidth, g.channels]) { output, index in
            let rows = cell(index[1], of: g.height, in: g.outputHeight)
            let columns = cell(index[2], of: g.width, in: g.outputWidth)
            for h in rows {
                for w in columns {
                    let pixel = (index[0] * g.height + h) * g.width + w
                    let weight = 1 / Double(rows.count * columns.count)
                    body(pixel * g.channels + index[3], output, weight)
                }
            }
        }
    }
}
