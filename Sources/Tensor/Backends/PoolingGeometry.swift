/// Windows over images.
public struct Pool2dGeometry: Sendable, Hashable {
    /// N.
    public var batch: Int
    /// The size of the input images.
    public let height: Int, width: Int
    /// C.
    public let channels: Int
    /// The size of the output.
    public let outputHeight: Int, outputWidth: Int
    /// The window.
    public let kernel: Spatial
    /// The step between windows.
    public let stride: Spatial
    /// The border, which never wins a maximum.
    public let padding: Spatial
    /// The step between the window's taps.
    public let dilation: Spatial
    /// Whether a mean divides by the whole window, border included (but never what `ceilMode` adds
    /// beyond the border).
    public let countsPadding: Bool
}

/// A grid of cells over images.
public struct AdaptivePoolGeometry: Sendable, Hashable {
    /// N.
    public var batch: Int
    /// The size of the input images.
    public let height: Int, width: Int
    /// C.
    public let channels: Int
    /// The number of cells.
    public let outputHeight: Int, outputWidth: Int
}
