import Tensor

extension Image {
    /// The picture at another size, byte for byte what Pillow's `Image.resize` gives.
    ///
    /// Smooth interpolations run first along the rows, then along the columns, and round to whole
    /// bytes in between. Shrinking widens the filter, so it never aliases.
    public func resized(to size: Spatial, interpolation: Interpolation = .bilinear) -> Image {
        guard size.height > 0, size.width > 0 else {
            fatalError("resized: the size \(size.height)x\(size.width) has no pixels")
        }
        return resized(
            to: size, rows: 0..<size.height, columns: 0..<size.width, interpolation: interpolation)
    }

    /// The given rows and columns of the resized picture; the others are never computed, so that
    /// a picture of one row, resized by its shorter side and cropped, does not cost gigabytes.
    package func resized(
        to size: Spatial, rows: Range<Int>, columns: Range<Int>, interpolation: Interpolation
    ) -> Image {
        if interpolation == .nearest {
            return gathered(
                rows: nearestPositions(from: height, to: size.height, range: rows),
                columns: nearestPositions(from: width, to: size.width, range: columns))
        }
        let filter = interpolation == .bilinear ? ResampleFilter.triangle : .cubic
        var image = self
        var neededRows = rows
        var vertical: ResampleTable?
        if size.height != height {
            let table = ResampleTable(from: height, to: size.height, range: rows, filter: filter)
            neededRows = table.needed
            vertical = table
        }
        if size.width != width {
            let table = ResampleTable(from: width, to: size.width, range: columns, filter: filter)
            image = resampledRows(table, neededRows)
        } else if neededRows.count < height || columns.count < width {
            image = gathered(rows: Array(neededRows), columns: Array(columns))
        }
        guard let vertical else { return image }
        return image.resampledColumns(vertical, firstRow: neededRows.lowerBound)
    }

    private func resampledRows(_ table: ResampleTable, _ rows: Range<Int>) -> Image {
        let newWidth = table.starts.count
        return Image(width: newWidth, height: rows.count) { target in
            pixels.withUnsafeBufferPointer { source in
                table.weights.withUnsafeBufferPointer { weights in
                    var output = target.baseAddress!
                    for y in rows {
                        let row = source.baseAddress! + y * width * 3
                        for x in 0..<newWidth {
                            let pixel = row + table.starts[x] * 3
                            let weight = weights.baseAddress! + x * table.stride
                            Self.accumulate(pixel, weight, table.counts[x], into: output)
                            output += 3
                        }
                    }
                }
            }
        }
    }

    @inline(__always)
    private static func accumulate(
        _ pixel: UnsafePointer<UInt8>, _ weight: UnsafePointer<Int32>, _ count: Int,
        into output: UnsafeMutablePointer<UInt8>
    ) {
        var red = half
        var green = half
        var blue = half
        for tap in 0..<count {
            red &+= Int32(pixel[tap * 3]) &* weight[tap]
            green &+= Int32(pixel[tap * 3 + 1]) &* weight[tap]
            blue &+= Int32(pixel[tap * 3 + 2]) &* weight[tap]
        }
        output[0] = clipped(red)
        output[1] = clipped(green)
        output[2] = clipped(blue)
    }

    /// The picture's first row is row `firstRow` of the one that the table speaks of.
    private func resampledColumns(_ table: ResampleTable, firstRow: Int) -> Image {
        let newHeight = table.starts.count
        let rowBytes = width * 3
        var sums = [Int32](repeating: 0, count: rowBytes)
        return Image(width: width, height: newHeight) { target in
            pixels.withUnsafeBufferPointer { source in
                sums.withUnsafeMutableBufferPointer { sums in
                    for y in 0..<newHeight {
                        sums.update(repeating: Self.half)
                        for tap in 0..<table.counts[y] {
                            let weight = table.weights[y * table.stride + tap]
                            let first = table.starts[y] - firstRow
                            let row = source.baseAddress! + (first + tap) * rowBytes
                            for x in 0..<rowBytes { sums[x] &+= Int32(row[x]) &* weight }
                        }
                        let output = target.baseAddress! + y * rowBytes
                        for x in 0..<rowBytes { output[x] = Self.clipped(sums[x]) }
                    }
                }
            }
        }
    }

    private static var half: Int32 { 1 << (ResampleTable.precision - 1) }

    @inline(__always)
    private static func clipped(_ sum: Int32) -> UInt8 {
        UInt8(truncatingIfNeeded: min(max(sum >> ResampleTable.precision, 0), 255))
    }

    /// The picture made of the given rows and columns of this one.
    private func gathered(rows: [Int], columns: [Int]) -> Image {
        Image(width: columns.count, height: rows.count) { target in
            pixels.withUnsafeBufferPointer { source in
                var output = 0
                for row in rows {
                    for column in columns {
                        let place = (row * width + column) * 3
                        target[output] = source[place]
                        target[output + 1] = source[place + 1]
                        target[output + 2] = source[place + 2]
                        output += 3
                    }
                }
            }
        }
    }
}

/// The old pixel behind each new one of `range` out of `newCount`.
///
/// Pillow steps along the old axis by repeated addition, and the sum's rounding can show.
func nearestPositions(
    from oldCount: Int, to newCount: Int, range: Range<Int>
) -> [Int] {
    let scale = Double(oldCount) / Double(newCount)
    var position = scale * 0.5
    for _ in 0..<range.lowerBound { position += scale }
    return range.map { _ in
        defer { position += scale }
        return min(Int(position), oldCount - 1)
    }
}
