import Tensor

/// A picture seen through crops, paddings and flips that have not been carried out yet.
///
/// All of them treat rows and columns apart, so any chain of them is one list of old rows and one of
/// old columns. The pixels are touched once, when the view is written out as normalised numbers.
package struct PixelView {
    /// Stands in the lists for padding with black.
    static let outside: Int32 = -1

    /// The picture underneath.
    let image: Image
    /// The picture's row behind each row of the view, or `outside`.
    private(set) var rows: [Int32]
    /// The picture's column behind each column of the view, or `outside`.
    private(set) var columns: [Int32]

    /// The whole picture.
    package init(_ image: Image) {
        self.image = image
        rows = [Int32](0..<Int32(image.height))
        columns = [Int32](0..<Int32(image.width))
    }

    /// The view's height and width.
    package var size: Spatial { Spatial(height: rows.count, width: columns.count) }

    /// Mirrors left and right.
    package mutating func flip() { columns.reverse() }

    /// Keeps the window of `size` whose top left corner is at (`top`, `left`).
    ///
    /// The window may reach over the edges; what lies there is filled as `padding` says.
    package mutating func crop(top: Int, left: Int, size: Spatial, padding: PaddingMode) {
        rows = Self.window(rows, from: top, count: size.height, padding: padding)
        columns = Self.window(columns, from: left, count: size.width, padding: padding)
    }

    private static func window(
        _ positions: [Int32], from start: Int, count: Int, padding: PaddingMode
    ) -> [Int32] {
        if start >= 0 && start + count <= positions.count {
            return Array(positions[start..<(start + count)])
        }
        return padding.positions(from: start, count: count, of: positions.count).map {
            $0 < 0 ? outside : positions[$0]
        }
    }

    /// Carries out what is pending, then changes the picture.
    package mutating func change(_ change: (Image) -> Image) {
        self = PixelView(change(materialized()))
    }

    /// The view as a picture of its own.
    package func materialized() -> Image {
        if rows.count == image.height && columns.count == image.width
            && rows.elementsEqual(0..<Int32(image.height))
            && columns.elementsEqual(0..<Int32(image.width))
        {
            return image
        }
        return Image(width: columns.count, height: rows.count) { target in
            image.pixels.withUnsafeBufferPointer { source in
                var output = 0
                for row in rows {
                    for column in columns {
                        let isInside = row >= 0 && column >= 0
                        let offset = (Int(row) * image.width + Int(column)) * 3
                        for channel in 0..<3 {
                            target[output + channel] = isInside ? source[offset + channel] : 0
                        }
                        output += 3
                    }
                }
            }
        }
    }

    /// Writes the view as normalised floats, `[height, width, 3]`, in one pass.
    package func write(
        _ normalization: Normalization, to target: UnsafeMutableBufferPointer<Float>
    ) {
        precondition(target.count == rows.count * columns.count * 3)
        guard var output = target.baseAddress else { return }
        normalization.table.withUnsafeBufferPointer { table in
            let red = table.baseAddress!
            let green = red + 256
            let blue = red + 512
            image.pixels.withUnsafeBufferPointer { source in
                for row in rows {
                    let line = source.baseAddress! + max(0, Int(row)) * image.width * 3
                    for column in columns {
                        if row >= 0 && column >= 0 {
                            let pixel = line + Int(column) * 3
                            output[0] = red[Int(pixel[0])]
                            output[1] = green[Int(pixel[1])]
                            output[2] = blue[Int(pixel[2])]
                        } else {
                            output[0] = red[0]
                            output[1] = green[0]
                            output[2] = blue[0]
                        }
                        output += 3
                    }
                }
            }
        }
    }
}

/// What lies beyond the edges of a padded picture.
public enum PaddingMode: String, Sendable, Codable, CaseIterable {
    /// Black pixels (normalised like any others).
    case zero
    /// The picture mirrored at its edge pixels, which are not repeated.
    case reflect

    /// Where the `count` places from `start` on lie in a row of `length`; -1 for padding.
    func positions(from start: Int, count: Int, of length: Int) -> [Int] {
        (start..<(start + count)).map { position in
            if (0..<length).contains(position) { return position }
            return self == .zero ? -1 : Self.reflected(position, count: length)
        }
    }

    /// …, 2, 1, 0, 1, 2, …, n-2, n-1, n-2, …: the edge itself is not repeated.
    private static func reflected(_ position: Int, count: Int) -> Int {
        guard count > 1 else { return 0 }
        let period = 2 * (count - 1)
        let place = ((position % period) + period) % period
        return place < count ? place : period - place
    }
}
