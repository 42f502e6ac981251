import Kernels

// 3×3 convolutions by Winograd's algorithm.
extension CPUBackend {
    /// The convolution of dy with turned filters.
    func winogradInputGradient(
        _ dy: residual_values, _ w: UnsafeMutablePointer<Float>,
        _ geometry: Conv2dGeometry, streams: Bool, into dx: residual_values
    ) {
        let shape = geometry.winograd.transposed
        withTemporary(floats: shape.filterCount) { filters in
            prepareWinograd(w, shape, isRotated: true, into: filters)
            winograd(
                dy, filters,
                residual_epilogue(bias: nil, residual: .none, relu: false, streams: streams),
                shape, batch: geometry.batch, into: dx)
        }
    }

    /// Transforms a filter.
    func prepareWinograd(
        _ w: UnsafeMutablePointer<Float>, _ shape: residual_winograd, isRotated: Bool,
        into filters: UnsafeMutablePointer<Float>
    ) {
        let panels = ceilDivide(shape.columns, panelColumns)
        let inputBlocks = ceilDivide(shape.depth, 16)
        withUnsafePointer(to: shape) { shape in
            pool.parallelFor(inputBlocks * panels) { unit, _ in
                let (panel, input) = unit.quotientAndRemainder(dividingBy: inputBlocks)
                residual_winograd_filter(
                    shape, w, isRotated, input * 16, panel * panelColumns, filters)
            }
        }
    }

    /// destination = source ∗ transformed filter, then the epilogue.
    func winograd(
        _ source: residual_values, _ filters: UnsafeMutablePointer<Float>,
        _ epilogue: residual_epilogue, _ shape: residual_winograd, batch: Int,
        into destination: residual_values
    ) {
        var epilogue = epilogue
        epilogue.streams = epilogue.streams && shape.columns % 16 == 0
        let blocks = WinogradBlocks(shape, tiles: shape.tileCount(batch: batch))
        withUnsafePointer(to: shape) { shape in
            withUnsafePointer(to: epilogue) { epilogue in
                let scratchSize = residual_winograd_scratch(shape, blocks.tilesPerBlock)
                pool.parallelFor(blocks.count) { block, worker in
                    let tiles = blocks.tiles(of: block), columns = blocks.columns(of: block)
                    residual_winograd_product(
                        shape, source, filters, epilogue, tiles.lowerBound, tiles.count,
                        columns.lowerBound, columns.count, destination,
                        scratch(worker, floats: scratchSize))
                }
            }
        }
    }

    /// dw, by fixed slabs of tiles where the transformed gradient is small, else class by class.
    func winogradFilterGradient(
        _ dy: residual_values, _ x: residual_values, _ geometry: Conv2dGeometry,
        into dw: UnsafeMutablePointer<Float>
    ) {
        let shape = geometry.winograd
        let tiles = shape.tileCount(batch: geometry.batch)
        let size = classes * shape.depth * wholeBlocks(shape.columns)
        let slabs = size <= 300 * 1024 ? max(1, min(8, tiles / 64)) : 1
        withTemporary(floats: slabs * size) { parts in
            withUnsafePointer(to: shape) { shape in
                let gradient = WinogradGradient(dy: dy, x: x, shape: shape, tiles: tiles)
                if slabs > 1 {
                    addBySlabs(gradient, slabs: slabs, into: parts, size: size)
                } else {
                    addByClasses(gradient, into: parts)
                }
                let depth = shape.pointee.depth
                pool.parallelFor(ceilDivide(depth, 4)) { block, _ in
                    residual_winograd_gradient_filter(
                        shape, parts, slabs, block * 4, min(4, depth - block * 4), dw)
                }
            }
        }
    }

    /// Each slab of tiles has a transformed gradient of its own.
    private func addBySlabs(
        _ gradient: WinogradGradient, slabs: Int, into parts: UnsafeMutablePointer<Float>, size: Int
    ) {
        let tilesPerStep = gradient.shape.pointee.kind == RESIDUAL_STRIDE_1 ? 32 : 14
        let tiles = gradient.tiles
        pool.parallelFor(slabs) { slab, worker in
            let first = tiles * slab / slabs
            let last = tiles * (slab + 1) / slabs
            let buffer = scratch(worker, floats: gradient.bufferSize(tiles: tilesPerStep))
            for start in stride(from: first, to: last, by: tilesPerStep) {
                let count = min(tilesPerStep, last - start)
                gradient.transform(0..<count, of: count, from: start, buffer)
                for number in 0..<classes {
                    gradient.multiply(
                        number, inputs: 0..<gradient.shape.pointee.depth, tiles: count,
                        accumulates: start > first, streams: false, buffer,
                        into: parts + slab * size)
                }
            }
        }
    }

    /// Steps of many tiles: all are transformed, then each block of a class is multiplied by one
    /// worker.
    private func addByClasses(
        _ gradient: WinogradGradient, into parts: UnsafeMutablePointer<Float>
    ) {
        let shape = gradient.shape.pointee
        let isStrided = shape.kind != RESIDUAL_STRIDE_1
        let tilesPerStep = min(isStrided ? 112 : 256, gradient.tiles)
        // A large gradient that nothing more is added to is not read again soon.
        let streams =
            tilesPerStep == gradient.tiles
            && classes * shape.depth * wholeBlocks(shape.columns) * 4 >= 16 << 20
        // Classes of several positions take longer: blocks of channels even that out.
        let blocks = isStrided ? ceilDivide(shape.depth, 64) : 1
        withTemporary(floats: gradient.bufferSize(tiles: tilesPerStep)) { buffer in
            for start in stride(from: 0, to: gradient.tiles, by: tilesPerStep) {
                let count = min(tilesPerStep, gradient.tiles - start)
                pool.parallelFor(ceilDivide(count, 8)) { block, _ in
                    gradient.transform(
                        block * 8..<min(block * 8 + 8, count), of: count, from: start, buffer)
                }
                pool.parallelFor(classes * blocks) { unit, _ in
                    let (number, block) = unit.quotientAndRemainder(dividingBy: blocks)
                    let inputs =
                        shape.depth * block / blocks..<shape.depth * (block + 1)
                        / blocks
                    gradient.multiply(
                        number, inputs: inputs, tiles: count, accumulates: start > 0,
                        streams: streams, buffer, into: parts)
                }
            }
        }
    }
}

private let classes = Int(RESIDUAL_WINOGRAD_CLASSES)

/// Channels as they are counted in transformed tiles: rounded up to vectors of 16.
private func wholeBlocks(_ channels: Int) -> Int { ceilDivide(channels, 16) * 16 }

/// The operands of a filter's gradient and its two steps over a buffer of transformed tiles: first
/// those of x, then those of dy, both with 16 floats between rows, so that powers of two do not
/// crowd the same cache sets.
private struct WinogradGradient {
    let dy: residual_values
    let x: residual_values
    let shape: UnsafePointer<residual_winograd>
    let tiles: Int

    private var sourceRow: Int { wholeBlocks(shape.pointee.depth) + 16 }
    private var gradientRow: Int { wholeBlocks(shape.pointee.columns) + 16 }

    func bufferSize(tiles: Int) -> Int {
        residual_winograd_buffer(shape, tiles, sourceRow)
            + residual_winograd_buffer(shape, tiles, gradientRow)
    }

    /// Transforms tiles `range` of the `count` that begin at tile `start`.
    func transform(
        _ range: Range<Int>, of count: Int, from start: Int, _ buffer: UnsafeMutablePointer<Float>
    ) {
        residual_winograd_source_tiles(
            shape, x, start, range.lowerBound, range.count, count, sourceRow, buffer)
        residual_winograd_gradient_tiles(
            shape, dy, start, range.lowerBound, range.count, count, gradientRow,
            buffer + residual_winograd_buffer(shape, count, sourceRow))
    }

    func multiply(
        _ number: Int, inputs: Range<Int>, tiles: Int, accumulates: Bool, streams: Bool,
        _ buffer: UnsafeMutablePointer<Float>, into result: UnsafeMutablePointer<Float>
    ) {
        residual_winograd_gradient_product(
            shape, number, buffer, sourceRow,
            buffer + residual_winograd_buffer(shape, tiles, sourceRow), gradientRow, tiles,
            inputs.lowerBound, inputs.count, accumulates, streams, result)
    }
}

extension residual_winograd {
    /// Elements of an image's results.
    var destinationCount: Int { destination_height * destination_width * columns }

    /// Floats of a transformed filter.
    var filterCount: Int { classes * ceilDivide(columns, panelColumns) * panelColumns * depth }

    /// The input gradient's convolution: of dy, with the filters turned.
    fileprivate var transposed: residual_winograd {
        residual_winograd(
            kind: kind == RESIDUAL_STRIDE_1 ? kind : RESIDUAL_STRIDE_2_TRANSPOSED,
            source_height: destination_height, source_width: destination_width, depth: columns,
            destination_height: source_height, destination_width: source_width, columns: depth,
            padding_y: 2 - padding_y, padding_x: 2 - padding_x)
    }

    /// The height and width of a tile of results.
    private var tileSide: Int { kind == RESIDUAL_STRIDE_2_TRANSPOSED ? 8 : 4 }

    fileprivate func tileCount(batch: Int) -> Int {
        batch * ceilDivide(destination_height, tileSide) * ceilDivide(destination_width, tileSide)
    }
}

/// How the tiles and output channels of a Winograd convolution are cut into blocks.
///
/// Whole panels of 14 tiles whose transforms fit the second level of cache (2 MiB; half of these sizes
/// to twice as many tiles cost at most 10 % more), or as few as make 16 blocks, but not fewer than a
/// panel: each block reads the whole filter, for which 7 tiles are too little work. Where that leaves
/// fewer than 8 blocks, output channels are cut too, though each part transforms the tiles again.
private struct WinogradBlocks {
    let tileCount: Int, columnCount: Int
    let tilesPerBlock: Int, columnsPerBlock: Int
    let columnBlocks: Int

    var count: Int { ceilDivide(tileCount, tilesPerBlock) * columnBlocks }

    init(_ shape: residual_winograd, tiles: Int) {
        let panel = Int(RESIDUAL_PANEL_ROWS)
        let panels =
            shape.kind != RESIDUAL_STRIDE_1 || shape.depth <= 64 ? 1 : shape.depth <= 128 ? 2 : 3
        let most = max(1, min(panels, tiles / 16 / panel)) * panel
        let tileBlocks = max(1, ceilDivide(tiles, most))
        tileCount = tiles
        tilesPerBlock = max(1, ceilDivide(tiles, tileBlocks))
        columnCount = shape.columns
        let parts = max(1, min(ceilDivide(8, tileBlocks), shape.columns / 64))
        columnsPerBlock = ceilDivide(ceilDivide(shape.columns, 64), parts) * 64
        columnBlocks = ceilDivide(shape.columns, columnsPerBlock)
    }

    func tiles(of block: Int) -> Range<Int> {
        let first = block / columnBlocks * tilesPerBlock
        return first..<min(tileCount, first + tilesPerBlock)
    }

    func columns(of block: Int) -> Range<Int> {
        let first = block % columnBlocks * columnsPerBlock
        return first..<min(columnCount, first + columnsPerBlock)
    }
}

extension Conv2dGeometry {
    /// The kernels' description of the forward pass.
    var winograd: residual_winograd {
        residual_winograd(
            kind: stride == 1 ? RESIDUAL_STRIDE_1 : RESIDUAL_STRIDE_2,
            source_height: height, source_width: width, depth: inputChannels,
            destination_height: outputHeight, destination_width: outputWidth,
            columns: outputChannels, padding_y: padding.height, padding_x: padding.width)
    }
}
