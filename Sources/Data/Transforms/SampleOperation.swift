import Tensor

/// A step whose random choices are made: what happens to one sample of one epoch.
package enum SampleOperation: Sendable, Equatable {
    /// Moves pixels; whatever lies pixel by pixel beside the picture moves with it.
    case geometric(GeometricOperation)
    /// Changes colours where they are; classes of pixels stay as they are.
    case photometric(PhotometricOperation)
}

/// An operation that decides where pixels come from.
package enum GeometricOperation: Sendable, Equatable {
    /// Brings the picture to another size; where only the middle is kept afterwards, no more than
    /// that need be computed.
    case resize(ResizeRule, keepingCenter: Spatial? = nil)
    /// Keeps the window of `size` at (`top`, `left`), which may reach over the edges.
    case crop(top: Int, left: Int, size: Spatial, padding: PaddingMode)
    /// Mirrors left and right.
    case flip
    /// Turns or shears about the centre; what comes from outside is black.
    case affine(AffineMap)

    /// The size of the result for a picture of `size`.
    package func outputSize(for size: Spatial) -> Spatial {
        switch self {
        case .resize(let rule, let center): rule.outputSize(for: size, keepingCenter: center)
        case .crop(_, _, let size, _): size
        case .flip, .affine: size
        }
    }

    /// Crops and flips only change the view; all else carries out what is pending.
    package func apply(to view: inout PixelView) {
        switch self {
        case .resize(let rule, let center):
            view.change { rule.apply($0, keepingCenter: center) }
        case .crop(let top, let left, let size, let padding):
            view.crop(top: top, left: left, size: size, padding: padding)
        case .flip:
            view.flip()
        case .affine(let map):
            view.change { $0.moved(by: map) }
        }
    }
}

/// For each pixel of a result, the pixel of the original that it shows.
///
/// This is how geometric operations reach a second plane, such as a mask of classes, which cannot be
/// interpolated: every operation samples the nearest pixel.
///
/// ```swift
/// var map = PixelMap(size)
/// for case .geometric(let operation) in augmentation.draw(for: size, …) { map.apply(operation) }
/// let moved = map.sources.map { $0 < 0 ? ignored : mask[Int($0)] }
/// ```
package struct PixelMap: Sendable, Equatable {
    /// Height and width of the result.
    package private(set) var size: Spatial
    /// For each pixel of the result, row by row, the place in the original; -1 for padding.
    package private(set) var sources: [Int32]

    /// Every pixel shows itself.
    package init(_ size: Spatial) {
        self.size = size
        sources = [Int32](0..<Int32(size.height * size.width))
    }

    /// The map of all geometric operations of a list, in order.
    package init(_ size: Spatial, _ operations: [SampleOperation]) {
        self.init(size)
        for case .geometric(let operation) in operations { apply(operation) }
    }

    /// Goes through one more operation.
    package mutating func apply(_ operation: GeometricOperation) {
        switch operation {
        case .resize(let rule, let center):
            let full = rule.outputSize(for: size)
            let (rows, columns) = ResizeRule.kept(of: full, center: center)
            gather(
                rows: nearestPositions(from: size.height, to: full.height, range: rows),
                columns: nearestPositions(from: size.width, to: full.width, range: columns))
        case .crop(let top, let left, let window, let padding):
            gather(
                rows: padding.positions(from: top, count: window.height, of: size.height),
                columns: padding.positions(from: left, count: window.width, of: size.width))
        case .flip:
            gather(rows: Array(0..<size.height), columns: (0..<size.width).reversed())
        case .affine(let map):
            sources = map.sources(size).map { $0 < 0 ? -1 : sources[Int($0)] }
        }
    }

    /// The rows and columns given, of which negative ones are padding.
    private mutating func gather(rows: [Int], columns: [Int]) {
        var result: [Int32] = []
        result.reserveCapacity(rows.count * columns.count)
        for row in rows {
            for column in columns {
                result.append(row < 0 || column < 0 ? -1 : sources[row * size.width + column])
            }
        }
        size = Spatial(height: rows.count, width: columns.count)
        sources = result
    }
}
