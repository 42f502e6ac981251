extension ReferenceBackend {
    /// y = x resampled.
    public func interpolate(
        _ x: DeviceMemory, _ geometry: InterpolationGeometry, into y: DeviceMemory
    ) {
        let x = floats(x)
        let y = floats(y)
        let count = geometry.batch * geometry.outputHeight * geometry.outputWidth
        var sums = [Double](repeating: 0, count: count * geometry.channels)
        forEachTap(geometry) { input, output, weight in sums[output] += weight * Double(x[input]) }
        write(sums, to: y)
    }

    /// The transpose of `interpolate`.
    public func interpolateGradient(
        dy: DeviceMemory, _ geometry: InterpolationGeometry, into dx: DeviceMemory
    ) {
        let dy = floats(dy)
        let count = geometry.batch * geometry.height * geometry.width
        var sums = [Double](repeating: 0, count: count * geometry.channels)
        forEachTap(geometry) { input, output, weight in sums[input] += weight * Double(dy[output]) }
        write(sums, to: floats(dx))
    }

    /// Calls `body` for every input element that an output element depends on.
    private func forEachTap(
        _ g: InterpolationGeometry, _ body: (_ input: Int, _ output: Int, _ weight: Double) -> Void
    ) {
        for oh in 0..<g.outputHeight {
            for (h, hWeight) in taps(oh, from: g.height, to: g.outputHeight, g) {
                for ow in 0..<g.outputWidth {
                    for (w, wWeight) in taps(ow, from: g.width, to: g.outputWidth, g) {
                        for n in 0..<g.batch {
                            for c in 0..<g.channels {
                                let input = ((n * g.height + h) * g.width + w) * g.channels + c
                                let row = (n * g.outputHeight + oh) * g.outputWidth + ow
                                body(input, row * g.channels + c, hWeight * wWeight)
                            }
                        }
                    }
                }
            }
        }
    }

    /// The pixels along one axis that output pixel `position` is made of, with their weights.
    private func taps(
        _ position: Int, from inputCount: Int, to outputCount: Int, _ g: InterpolationGeometry
    ) -> [(index: Int, weight: Double)] {
        if g.mode == .nearest {
            // In Float as in PyTorch: for some sizes the rounded step falls short of a pixel.
            let step = Float(inputCount) / Float(outputCount)
            return [(min(Int(Float(position) * step), inputCount - 1), 1)]
        }
        let place: Double
        if g.alignCorners {
            let step = Double(inputCount - 1) / Double(max(outputCount - 1, 1))
            place = outputCount > 1 ? Double(position) * step : 0
        } else {
            let step = Double(inputCount) / Double(outputCount)
            place = max((Double(position) + 0.5) * step - 0.5, 0)
        }
        let lower = min(Int(place), inputCount - 1)
        let upper = min(lower + 1, inputCount - 1)
        let fraction = place - Double(lower)
        return [(lower, 1 - fraction), (upper, fraction)]
    }
}
