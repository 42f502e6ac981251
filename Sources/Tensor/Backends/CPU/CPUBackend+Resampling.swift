import Kernels

extension CPUBackend {
    /// y = x resampled.
    public func interpolate(
        _ x: DeviceMemory, _ geometry: InterpolationGeometry, into y: DeviceMemory
    ) {
        resample(x, ResamplingMap(geometry), into: y)
    }

    /// The transpose of `interpolate`.
    public func interpolateGradient(
        dy: DeviceMemory, _ geometry: InterpolationGeometry, into dx: DeviceMemory
    ) {
        resample(dy, ResamplingMap(geometry).transposed(), into: dx)
    }

    /// y = the mean of each window.
    public func avgPool2d(_ x: DeviceMemory, _ geometry: Pool2dGeometry, into y: DeviceMemory) {
        resample(x, ResamplingMap(geometry), into: y)
    }

    /// dx from dy.
    public func avgPool2dGradient(
        dy: DeviceMemory, _ geometry: Pool2dGeometry, into dx: DeviceMemory
    ) {
        resample(dy, ResamplingMap(geometry).transposed(), into: dx)
    }

    /// y = the mean of each cell.
    public func adaptiveAvgPool2d(
        _ x: DeviceMemory, _ geometry: AdaptivePoolGeometry, into y: DeviceMemory
    ) {
        resample(x, ResamplingMap(geometry), into: y)
    }

    /// dx from dy.
    public func adaptiveAvgPool2dGradient(
        dy: DeviceMemory, _ geometry: AdaptivePoolGeometry, into dx: DeviceMemory
    ) {
        resample(dy, ResamplingMap(geometry).transposed(), into: dx)
    }

    /// Applies a map to every image: a block owns some rows of the results.
    private func resample(_ x: DeviceMemory, _ map: ResamplingMap, into y: DeviceMemory) {
        checkTypes("resample", x, y)
        let x = x.values
        let y = y.values
        let rowLength = map.columns.count * map.channels
        let imageLength = map.rows.sourceCount * map.columns.sourceCount * map.channels
        let terms = max(1, map.rows.weights.count * map.columns.weights.count)
        let work = terms * map.channels / max(map.rows.count, 1)
        map.rows.withTaps { rowTaps in
            map.columns.withTaps { columnTaps in
                forEachBlock(ofRows: map.batch * map.rows.count, rowLength: work) { rows, _ in
                    for row in rows {
                        let image = row / map.rows.count
                        let begin = Int(rowTaps.starts[row % map.rows.count])
                        let end = Int(rowTaps.starts[row % map.rows.count + 1])
                        residual_resample_row(
                            x + image * imageLength, map.columns.sourceCount, map.channels,
                            rowTaps.positions + begin, rowTaps.weights + begin, end - begin,
                            columnTaps, map.columns.count, y + row * rowLength)
                    }
                }
            }
        }
    }
}

/// A linear map of images that treats rows and columns apart: interpolation, means of windows, and
/// the transposes of both.
private struct ResamplingMap {
    let batch: Int
    let channels: Int
    var rows: AxisMap
    var columns: AxisMap

    func transposed() -> ResamplingMap {
        var map = self
        map.rows = rows.transposed()
        map.columns = columns.transposed()
        return map
    }
}

extension ResamplingMap {
    init(_ g: InterpolationGeometry) {
        func axis(_ sourceCount: Int, _ count: Int) -> AxisMap {
            AxisMap(sourceCount: sourceCount, count: count) { position in
                switch g.mode {
                case .nearest: nearest(position, sourceCount, count)
                case .bilinear:
                    neighbours(position, sourceCount, count, alignCorners: g.alignCorners)
                }
            }
        }
        batch = g.batch
        channels = g.channels
        rows = axis(g.height, g.outputHeight)
        columns = axis(g.width, g.outputWidth)
    }

    init(_ g: Pool2dGeometry) {
        func axis(
            _ sourceCount: Int, _ count: Int, kernel: Int, stride: Int, padding: Int
        ) -> AxisMap {
            AxisMap(sourceCount: sourceCount, count: count) { position in
                let start = position * stride - padding
                // What ceilMode adds beyond the border does not count, the border may.
                let end = min(start + kernel, sourceCount + padding)
                let inside = max(start, 0)..<max(start, 0, min(end, sourceCount))
                let divisor = g.countsPadding ? end - start : inside.count
                return inside.map { ($0, 1 / Float(divisor)) }
            }
        }
        batch = g.batch
        channels = g.channels
        rows = axis(
            g.height, g.outputHeight, kernel: g.kernel.height, stride: g.stride.height,
            padding: g.padding.height)
        columns = axis(
            g.width, g.outputWidth, kernel: g.kernel.width, stride: g.stride.width,
            padding: g.padding.width)
    }

    init(_ g: AdaptivePoolGeometry) {
        func axis(_ sourceCount: Int, _ count: Int) -> AxisMap {
            AxisMap(sourceCount: sourceCount, count: count) { position in
                let start = position * sourceCount / count
                let end = ((position + 1) * sourceCount + count - 1) / count
                return (start..<end).map { ($0, 1 / Float(end - start)) }
            }
        }
        batch = g.batch
        channels = g.channels
        rows = axis(g.height, g.outputHeight)
        columns = axis(g.width, g.outputWidth)
    }
}

/// PyTorch's rule, in its arithmetic: ⌊i · (in / out)⌋ with the quotient in Float.
private func nearest(_ position: Int, _ sourceCount: Int, _ count: Int) -> [(Int, Float)] {
    let step = Float(sourceCount) / Float(count)
    return [(min(Int(Float(position) * step), sourceCount - 1), 1)]
}

/// The two pixels around a position and their shares.
private func neighbours(
    _ position: Int, _ sourceCount: Int, _ count: Int, alignCorners: Bool
) -> [(Int, Float)] {
    let place: Double
    if alignCorners {
        place = count > 1 ? Double(position * (sourceCount - 1)) / Double(count - 1) : 0
    } else {
        place = max((Double(position) + 0.5) * Double(sourceCount) / Double(count) - 0.5, 0)
    }
    let lower = min(Int(place), sourceCount - 1)
    let share = Float(place - Double(lower))
    if lower == sourceCount - 1 || share == 0 { return [(lower, 1)] }
    return [(lower, 1 - share), (lower + 1, share)]
}

/// What each position along an axis is made of: positions along the source's axis, with weights.
private struct AxisMap {
    let sourceCount: Int
    /// Taps `starts[i]..<starts[i + 1]` are those of position i.
    private(set) var starts: [Int32] = [0]
    private(set) var positions: [Int32] = []
    private(set) var weights: [Float] = []

    var count: Int { starts.count - 1 }

    init(
        sourceCount: Int, count: Int, taps: (_ position: Int) -> [(position: Int, weight: Float)]
    ) {
        self.sourceCount = sourceCount
        for position in 0..<count {
            for tap in taps(position) {
                positions.append(Int32(tap.position))
                weights.append(tap.weight)
            }
            starts.append(Int32(positions.count))
        }
    }

    func transposed() -> AxisMap {
        var users = [[(position: Int, weight: Float)]](repeating: [], count: sourceCount)
        for position in 0..<count {
            for tap in Int(starts[position])..<Int(starts[position + 1]) {
                users[Int(positions[tap])].append((position, weights[tap]))
            }
        }
        return AxisMap(sourceCount: count, count: sourceCount) { users[$0] }
    }

    func withTaps(_ body: (residual_taps) -> Void) {
        starts.withUnsafeBufferPointer { starts in
            positions.withUnsafeBufferPointer { positions in
                weights.withUnsafeBufferPointer { weights in
                    body(
                        residual_taps(
                            starts: starts.baseAddress, positions: positions.baseAddress,
                            weights: weights.baseAddress))
                }
            }
        }
    }
}
