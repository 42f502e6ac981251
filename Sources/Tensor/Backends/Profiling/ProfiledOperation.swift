/// One of the three products that a convolution is trained by.
public enum ConvolutionPass: Sendable, CaseIterable {
    /// y from x and the filter.
    case forward
    /// dx from dy and the filter.
    case inputGradient
    /// dw from dy and x.
    case filterGradient
}

/// A kind of operation and what it works on: a row of a profile.
public struct ProfiledOperation: Sendable, Hashable {
    /// What an operation works on.
    public enum Extent: Sendable, Hashable {
        /// Arrays of any size, counted as one row (the updates of an optimiser).
        case any
        /// So many elements.
        case elements(Int)
        /// [rows, columns].
        case matrix(rows: Int, columns: Int)
        /// [N, H, W, C].
        case images(batch: Int, height: Int, width: Int, channels: Int)
        /// A matrix product.
        case product(MatrixGeometry)
        /// A pass of a convolution.
        case convolution(Conv2dGeometry, ConvolutionPass)
    }

    /// The kind, such as `conv2d input gradient`.
    public let name: String
    /// What it works on.
    public let extent: Extent

    /// Names a row.
    public init(_ name: String, _ extent: Extent) {
        self.name = name
        self.extent = extent
    }

    /// The extent for people, such as `128×32×32×64 → 128, 3×3, stride 2`.
    public var shape: String {
        switch extent {
        case .any: ""
        case .elements(let count): "\(count)"
        case .matrix(let rows, let columns): "\(rows)×\(columns)"
        case .images(let batch, let height, let width, let channels):
            "\(batch)×\(height)×\(width)×\(channels)"
        case .product(let geometry): geometry.shapeText
        case .convolution(let geometry, _): geometry.shapeText
        }
    }
}

/// What all calls of one operation cost together.
public struct OperationTotals: Sendable, Equatable {
    /// The number of calls.
    public var calls = 0
    /// The time spent in them.
    public var seconds = 0.0
    /// Floating-point operations of matrix products and direct convolutions, two for a multiply-add;
    /// 0 for operations that memory bounds.
    public var floatingPointOperations = 0
    /// Bytes, if every operand is read once and every result written once.
    public var bytes = 0
}

extension MatrixGeometry {
    fileprivate var shapeText: String {
        (batch == 1 ? "" : "\(batch) of ") + "\(m)×\(k) · \(k)×\(n)"
    }
}

extension Conv2dGeometry {
    fileprivate var shapeText: String {
        var text = "\(batch)×\(height)×\(width)×\(inputChannels) → \(outputChannels), \(kernel)"
        if stride != 1 { text += ", stride \(stride.shortText)" }
        if dilation != 1 { text += ", dilation \(dilation.shortText)" }
        if groups != 1 { text += ", \(groups) groups" }
        let keepsSize = Spatial(
            height: dilation.height * (kernel.height - 1) / 2,
            width: dilation.width * (kernel.width - 1) / 2)
        if padding != keepsSize { text += ", padding \(padding.shortText)" }
        return text
    }
}

extension Spatial {
    fileprivate var shortText: String { height == width ? "\(height)" : "\(height)×\(width)" }
}
