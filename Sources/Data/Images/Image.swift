/// A decoded picture: 8-bit RGB, upright, rows from the top.
public struct Image: Sendable, Equatable {
    /// The number of columns.
    public let width: Int
    /// The number of rows.
    public let height: Int
    /// `height * width * 3` bytes: red, green, blue of the top left pixel, then of its right
    /// neighbour, and so on row by row.
    public let pixels: [UInt8]

    /// Makes a picture of the given bytes; their number must be `width * height * 3`.
    public init(width: Int, height: Int, pixels: [UInt8]) {
        guard width > 0, height > 0, pixels.count == width * height * 3 else {
            fatalError(
                "Image: \(width)x\(height) RGB needs \(width * height * 3) bytes and at least one "
                    + "pixel, but got \(pixels.count) bytes")
        }
        self.width = width
        self.height = height
        self.pixels = pixels
    }

    /// Makes a picture whose bytes `fill` writes; `fill` must write every one of them.
    package init(
        width: Int, height: Int, filledBy fill: (UnsafeMutableBufferPointer<UInt8>) -> Void
    ) {
        let count = width * height * 3
        self.init(
            width: width, height: height,
            pixels: [UInt8](unsafeUninitializedCapacity: count) { buffer, initialized in
                fill(UnsafeMutableBufferPointer(rebasing: buffer[0..<count]))
                initialized = count
            })
    }
}
