/// Pictures of one size in rows and columns, each with a caption below.
public struct ContactSheet: Sendable {
    private let cellWidth: Int
    private let cellHeight: Int
    private let columnCount: Int
    private let rowCount: Int
    private let scale: Int
    private var pixels: [UInt8]

    /// Pixels between cells.
    private static let gap = 4
    private static let captionLines = 2
    /// Smaller pictures are enlarged by a whole number until they have about this width, so that
    /// pixels can be seen and captions have room.
    private static let wantedWidth = 128

    /// Makes a white sheet for pictures of the given size.
    public init(rows: Int, columns: Int, width: Int, height: Int) {
        scale = max(1, Self.wantedWidth / width)
        cellWidth = width * scale + Self.gap
        cellHeight = height * scale + Self.gap + Self.captionLines * PixelFont.lineHeight
        columnCount = columns
        rowCount = rows
        pixels = [UInt8](
            repeating: 255,
            count: (columns * cellWidth + Self.gap) * (rows * cellHeight + Self.gap) * 3)
    }

    private var sheetWidth: Int { columnCount * cellWidth + Self.gap }

    /// Puts a picture and up to two lines of text into a cell; longer lines are cut.
    public mutating func add(_ image: Image, row: Int, column: Int, caption: [String]) {
        let (left, top) = (column * cellWidth + Self.gap, row * cellHeight + Self.gap)
        for y in 0..<(image.height * scale) {
            for x in 0..<(image.width * scale) {
                let source = (y / scale * image.width + x / scale) * 3
                let target = ((top + y) * sheetWidth + left + x) * 3
                for channel in 0..<3 { pixels[target + channel] = image.pixels[source + channel] }
            }
        }
        for (line, text) in caption.prefix(Self.captionLines).enumerated() {
            let first = top + image.height * scale + 1 + line * PixelFont.lineHeight
            let letters = (cellWidth - Self.gap) / PixelFont.advance
            PixelFont.draw(String(text.prefix(letters))) { x, y in
                let target = ((first + y) * sheetWidth + left + x) * 3
                for channel in 0..<3 { pixels[target + channel] = 0 }
            }
        }
    }

    /// The sheet as one picture.
    public var image: Image {
        Image(width: sheetWidth, height: rowCount * cellHeight + Self.gap, pixels: pixels)
    }
}
