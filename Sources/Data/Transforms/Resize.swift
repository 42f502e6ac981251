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
        if size.height == height && size.width == width { return self }
        switch interpolation {
        case .nearest: return resizedToNearest(size)
        case .bilinear: return resized(to: size, filter: .triangle)
        case .bicubic: return resized(to: size, filter: .cubic)
        }
    }

    private func resized(to size: Spatial, filter: ResampleFilter) -> Image {
        var image = self
        if size.width != width {
            let table = ResampleTable(from: width, to: size.width, filter: filter)
            image = image.resampledRows(table, width: size.width)
        }
        if size.height != height {
            let table = ResampleTable(from: height, to: size.height, filter: filter)
            image = image.resampledColumns(table, height: size.height)
        }
        return image
    }

    private func resampledRows(_ table: ResampleTable, width newWidth: Int) -> Image {
        Image(width: newWidth, height: height) { target in
            pixels.withUnsafeBufferPointer { source in
                table.weights.withUnsafeBufferPointer { weights in
                    for y in 0..<height {
                        let row = source.baseAddress! + y * width * 3
                        var output = target.baseAddress! + y * newWidth * 3
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

    private func resampledColumns(_ table: ResampleTable, height newHeight: Int) -> Image {
        let rowBytes = width * 3
        var sums = [Int32](repeating: 0, count: rowBytes)
        return Image(width: width, height: newHeight) { target in
            pixels.withUnsafeBufferPointer { source in
                sums.withUnsafeMutableBufferPointer { sums in
                    for y in 0..<newHeight {
                        sums.update(repeating: Self.half)
                        for tap in 0..<table.counts[y] {
                            let weight = table.weights[y * table.stride + tap]
                            let row = source.baseAddress! + (table.starts[y] + tap) * rowBytes
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

    private func resizedToNearest(_ size: Spatial) -> Image {
        let rows = Self.nearestPositions(from: height, to: size.height)
        let columns = Self.nearestPositions(from: width, to: size.width)
        return Image(width: size.width, height: size.height) { target in
            var output = 0
            for row in rows {
                for column in columns {
                    let source = (row * width + column) * 3
                    target[output] = pixels[source]
                    target[output + 1] = pixels[source + 1]
                    target[output + 2] = pixels[source + 2]
                    output += 3
                }
            }
        }
    }

    /// Pillow steps along the old axis by repeated addition, and the sum's rounding can show.
    private static func nearestPositions(from oldCount: Int, to newCount: Int) -> [Int] {
        let scale = Double(oldCount) / Double(newCount)
        var position = scale * 0.5
        return (0..<newCount).map { _ in
            defer { position += scale }
            return min(Int(position), oldCount - 1)
        }
    }
}
