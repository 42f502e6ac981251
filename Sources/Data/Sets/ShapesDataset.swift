import Synchronization
import Tensor

/// Drawn pictures of ten figures, 32×32 RGB: data to try everything on without a download.
///
/// Place, size, turn, stretch, colours, a shaded background, scattered clutter and noise are random,
/// all from the stream (seed, synthesis, picture number). Picture `i` shows figure `i % 10`, so
/// classes are balanced. The splits use disjoint picture numbers. A picture is drawn when it is
/// first asked for and then kept.
public final class ShapesDataset: Dataset {
    /// The number of classes.
    public static let figureCount = Figure.allCases.count
    /// Width and height.
    public static let side = 32
    /// Raised when the same seed draws other pictures than before.
    private static let version = 1
    /// The distance between the picture numbers of two splits.
    private static let splitStride = 1 << 29

    /// The number of pictures.
    public let count: Int
    /// The split, which decides the range of picture numbers.
    public let split: Split
    /// The seed of all pictures.
    public let seed: UInt64
    private let drawn: Mutex<[[UInt8]?]>

    /// Makes `count` pictures of a split.
    public init(split: Split, count: Int, seed: UInt64 = 0) {
        guard (1...Self.splitStride).contains(count) else {
            fatalError("ShapesDataset: \(count) pictures; 1 to \(Self.splitStride) are possible")
        }
        self.split = split
        self.count = count
        self.seed = seed
        drawn = Mutex([[UInt8]?](repeating: nil, count: count))
    }

    /// The names of the figures.
    public var classNames: [String] { Figure.allCases.map(\.name) }

    /// The figure that picture `index` shows.
    public func label(at index: Int) -> Int32 { Int32(index % Self.figureCount) }

    /// For example `shapes/train/17-ring`.
    public func name(at index: Int) -> String {
        "shapes/\(split.rawValue)/\(index)-\(classNames[Int(label(at: index))])"
    }

    /// SHA-256 of the version of the drawing, seed, split and count, from which all follows.
    public var fingerprint: String {
        var hash = ContentHash()
        hash.add("shapes")
        hash.add(Self.version)
        hash.add(Int(truncatingIfNeeded: seed))
        hash.add(split.rawValue)
        hash.add(count)
        return hash.finish()
    }

    /// The picture `index`.
    public func image(at index: Int) throws(ImageError) -> Image {
        let pixels: [UInt8]
        if let kept = drawn.withLock({ $0[index] }) {
            pixels = kept
        } else {
            pixels = draw(index)
            drawn.withLock { $0[index] = pixels }
        }
        return Image(width: Self.side, height: Self.side, pixels: pixels)
    }

    private func draw(_ index: Int) -> [UInt8] {
        let offset =
            switch split {
            case .train: 0
            case .validation: 1
            case .test: 2
            }
        var random = RandomStream(
            seed: seed, purpose: .synthesis, index: offset * Self.splitStride + index)
        var canvas = ShapesCanvas(side: Self.side, &random)
        canvas.addClutter(&random)
        canvas.add(Figure(rawValue: Int(label(at: index)))!, &random)
        return canvas.bytesWithNoise(&random)
    }
}
