import Kernels

// 3×3 convolutions of stride 1 by Winograd's F(4×4, 3×3).
extension CPUBackend {
    /// The forward pass of dy with turned filters and padding 2 − padding.
    func winogradInputGradient(
        _ dy: UnsafeMutablePointer<Float>, _ w: UnsafeMutablePointer<Float>,
        _ geometry: Conv2dGeometry, into dx: UnsafeMutablePointer<Float>
    ) {
        let forward = geometry.winograd
        let shape = residual_winograd(
            source_height: forward.destination_height, source_width: forward.destination_width,
            depth: forward.columns, destination_height: forward.source_height,
            destination_width: forward.source_width, columns: forward.depth,
            padding_y: 2 - forward.padding_y, padding_x: 2 - forward.padding_x)
        withTemporary(floats: shape.filterCount) { filters in
            prepareWinograd(w, shape, isRotated: true, into: filters)
            winograd(
                dy, filters, residual_epilogue(), shape, batch: geometry.batch, into: dx)
        }
    }

    /// Transforms a filter.
    func prepareWinograd(
        _ w: UnsafeMutablePointer<Float>, _ shape: residual_winograd, isRotated: Bool,
        into filters: UnsafeMutablePointer<Float>
    ) {
        let panels = ceilDivide(shape.columns, panelColumns)
        pool.parallelFor(shape.depth / 16 * panels) { unit, _ in
            let (panel, input) = unit.quotientAndRemainder(dividingBy: shape.depth / 16)
            residual_winograd_filter(
                w, shape.depth, shape.columns, isRotated, input * 16, panel * panelColumns,
                filters)
        }
    }

    /// destination = source ∗ transformed filter, then the epilogue.
    func winograd(
        _ source: UnsafeMutablePointer<Float>, _ filters: UnsafeMutablePointer<Float>,
        _ epilogue: residual_epilogue, _ shape: residual_winograd, batch: Int,
        into destination: UnsafeMutablePointer<Float>
    ) {
        let tiles = shape.tileCount(batch: batch)
        let tilesPerBlock = shape.tilesPerBlock(of: tiles)
        withUnsafePointer(to: shape) { shape in
            withUnsafePointer(to: epilogue) { epilogue in
                let scratchSize = residual_winograd_scratch(shape, tilesPerBlock)
                pool.parallelFor(ceilDivide(tiles, tilesPerBlock)) { block, worker in
                    let first = block * tilesPerBlock
                    residual_winograd_product(
                        shape, source, filters, epilogue, first, min(tilesPerBlock, tiles - first),
                        destination, scratch(worker, floats: scratchSize))
                }
            }
        }
    }

    /// dw, by fixed slabs of tiles where the transformed gradient is small, else position by
    /// position.
    func winogradFilterGradient(
        _ dy: UnsafeMutablePointer<Float>, _ x: UnsafeMutablePointer<Float>,
        _ geometry: Conv2dGeometry, into dw: UnsafeMutablePointer<Float>
    ) {
        let shape = geometry.winograd
        let tiles = shape.tileCount(batch: geometry.batch)
        let size = positions * shape.depth * shape.columns
        let slabs = size <= 300 * 1024 ? max(1, min(8, tiles / 64)) : 1
        let gradient = WinogradGradient(dy: dy, x: x, shape: shape, tiles: tiles)
        withTemporary(floats: slabs * size) { parts in
            if slabs > 1 {
                addBySlabs(gradient, slabs: slabs, into: parts, size: size)
            } else {
                addByPositions(gradient, into: parts)
            }
            pool.parallelFor(ceilDivide(shape.depth, 4)) { block, _ in
                withUnsafePointer(to: shape) {
                    residual_winograd_gradient_filter(
                        $0, parts, slabs, block * 4, min(4, shape.depth - block * 4), dw)
                }
            }
        }
    }

    /// Each slab of tiles has a transformed gradient of its own.
    private func addBySlabs(
        _ gradient: WinogradGradient, slabs: Int, into parts: UnsafeMutablePointer<Float>, size: Int
    ) {
        let tilesPerStep = 32
        let tiles = gradient.tiles
        pool.parallelFor(slabs) { slab, worker in
            let first = tiles * slab / slabs
            let last = tiles * (slab + 1) / slabs
            let buffer = scratch(worker, floats: gradient.bufferSize(tiles: tilesPerStep))
            for start in stride(from: first, to: last, by: tilesPerStep) {
                let count = min(tilesPerStep, last - start)
                gradient.transform(
                    start..<start + count, in: start, capacity: tilesPerStep, buffer)
                for position in 0..<positions {
                    gradient.multiply(
                        position, tiles: count, capacity: tilesPerStep, accumulates: start > first,
                        buffer, into: parts + slab * size)
                }
            }
        }
    }

    /// Steps of up to 256 tiles: all are transformed, then each position is multiplied by one
    /// worker.
    private func addByPositions(
        _ gradient: WinogradGradient, into parts: UnsafeMutablePointer<Float>
    ) {
        let tilesPerStep = min(256, gradient.tiles)
        withTemporary(floats: gradient.bufferSize(tiles: tilesPerStep)) { buffer in
            for start in stride(from: 0, to: gradient.tiles, by: tilesPerStep) {
                let count = min(tilesPerStep, gradient.tiles - start)
                pool.parallelFor(ceilDivide(count, 8)) { block, _ in
                    let first = start + block * 8
                    gradient.transform(
                        first..<min(first + 8, start + count), in: start, capacity: tilesPerStep,
                        buffer)
                }
                pool.parallelFor(positions) { position, _ in
                    gradient.multiply(
                        position, tiles: count, capacity: tilesPerStep, accumulates: start > 0,
                        buffer, into: parts)
                }
            }
        }
    }
}

private let positions = Int(RESIDUAL_WINOGRAD_POSITIONS)

/// The operands of a filter's gradient and its two steps over a buffer of transformed tiles:
/// first [36, capacity, I] of x, then [36, capacity, O] of dy, both with 16 floats between rows and
/// positions, so that powers of two do not crowd the same cache sets.
private struct WinogradGradient {
    let dy: UnsafeMutablePointer<Float>
    let x: UnsafeMutablePointer<Float>
    let shape: residual_winograd
    let tiles: Int

    private var sourceRow: Int { shape.depth + 16 }
    private var gradientRow: Int { shape.columns + 16 }

    func bufferSize(tiles: Int) -> Int {
        positions * ((sourceRow + gradientRow) * tiles + 32)
    }

    func transform(
        _ range: Range<Int>, in start: Int, capacity: Int, _ buffer: UnsafeMutablePointer<Float>
    ) {
        let sourceStride = sourceRow * capacity + 16
        let gradients = buffer + positions * sourceStride
        let offset = range.lowerBound - start
        withUnsafePointer(to: shape) { shape in
            residual_winograd_source_tiles(
                shape, x, range.lowerBound, range.count, sourceStride, sourceRow,
                buffer + offset * sourceRow)
            residual_winograd_gradient_tiles(
                shape, dy, range.lowerBound, range.count, gradientRow * capacity + 16, gradientRow,
                gradients + offset * gradientRow)
        }
    }

    func multiply(
        _ position: Int, tiles: Int, capacity: Int, accumulates: Bool,
        _ buffer: UnsafeMutablePointer<Float>, into result: UnsafeMutablePointer<Float>
    ) {
        let sourceStride = sourceRow * capacity + 16
        let gradients = buffer + positions * sourceStride
        withUnsafePointer(to: shape) {
            residual_winograd_gradient_product(
                $0, buffer + position * sourceStride, sourceRow,
                gradients + position * (gradientRow * capacity + 16), gradientRow, tiles,
                accumulates, result + position * shape.depth * shape.columns)
        }
    }
}

extension residual_winograd {
    /// Floats of a transformed filter.
    var filterCount: Int { positions * ceilDivide(columns, panelColumns) * panelColumns * depth }

    fileprivate func tileCount(batch: Int) -> Int {
        batch * ceilDivide(destination_height, 4) * ceilDivide(destination_width, 4)
    }

    /// Whole panels of 14 tiles whose transforms fit the second level of cache (1 MiB; half of
    /// these sizes to twice as many tiles cost at most 10 % more); fewer where that would leave
    /// less than 16 blocks.
    fileprivate func tilesPerBlock(of tiles: Int) -> Int {
        let most = depth <= 64 ? 14 : depth <= 128 ? 28 : 42
        return max(7, min(most, ceilDivide(tiles, 16)))
    }
}

extension Conv2dGeometry {
    /// The kernels' description.
    var winograd: residual_winograd {
        residual_winograd(
            source_height: height, source_width: width, depth: inputChannels,
            destination_height: outputHeight, destination_width: outputWidth,
            columns: outputChannels, padding_y: padding.height, padding_x: padding.width)
    }
}
