import Tensor

/// How a resized pixel is made of the old ones.
public enum Interpolation: String, Sendable, Codable, CaseIterable {
    /// The old pixel whose area holds the new pixel's centre.
    case nearest
    /// A triangle over two old pixels; over two *new* ones when shrinking, so nothing aliases.
    case bilinear
    /// Keys's cubic with a = -0.5 over four pixels, widened likewise when shrinking.
    case bicubic
}

/// To what size a picture is brought before it is cropped.
public enum ResizeRule: Sendable, Equatable {
    /// The picture stays as it is.
    case none
    /// The shorter side becomes `Int` pixels, the longer one keeps the aspect ratio, rounded down
    /// as torchvision does it.
    case shorterSide(Int, Interpolation = .bilinear)
    /// Both sides become what is asked, whatever the aspect ratio.
    case exact(Spatial, Interpolation = .bilinear)

    /// The size that a picture of `size` is brought to.
    public func outputSize(for size: Spatial) -> Spatial {
        switch self {
        case .none:
            return size
        case .exact(let target, _):
            return target
        case .shorterSide(let side, _):
            let (height, width) = (size.height, size.width)
            return width <= height
                ? Spatial(height: max(1, side * height / width), width: side)
                : Spatial(height: side, width: max(1, side * width / height))
        }
    }

    /// The picture, resized.
    public func apply(_ image: Image) -> Image { apply(image, keepingCenter: nil) }

    /// The picture, resized; of a side longer than in `center` at least the middle that a centre
    /// crop keeps, and nothing more.
    package func apply(_ image: Image, keepingCenter center: Spatial?) -> Image {
        switch self {
        case .none:
            return image
        case .shorterSide(_, let interpolation), .exact(_, let interpolation):
            let size = outputSize(for: Spatial(height: image.height, width: image.width))
            let (rows, columns) = Self.kept(of: size, center: center)
            return image.resized(
                to: size, rows: rows, columns: columns, interpolation: interpolation)
        }
    }

    /// The size of what `apply(_:keepingCenter:)` gives.
    func outputSize(for size: Spatial, keepingCenter center: Spatial?) -> Spatial {
        let (rows, columns) = Self.kept(of: outputSize(for: size), center: center)
        return Spatial(height: rows.count, width: columns.count)
    }

    /// The rows and columns of a resized picture of `size` that a centre crop needs.
    static func kept(
        of size: Spatial, center: Spatial?
    ) -> (rows: Range<Int>, columns: Range<Int>) {
        (
            kept(of: size.height, center: center?.height),
            kept(of: size.width, center: center?.width)
        )
    }

    private static func kept(of count: Int, center: Int?) -> Range<Int> {
        guard let center, center < count else { return 0..<count }
        let offset = GeometricOperation.centerOffset(from: count, to: center)
        return offset..<(offset + center)
    }
}
