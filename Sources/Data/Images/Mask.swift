/// A class for each pixel of a picture, rows from the top.
public struct Mask: Sendable, Equatable {
    /// The class of pixels that neither losses nor measures count: what lies beyond the edges of a
    /// padded picture.
    public static let ignored: UInt8 = 255

    /// The number of columns.
    public let width: Int
    /// The number of rows.
    public let height: Int
    /// `height * width` classes, or `ignored`.
    public let classes: [UInt8]

    /// Makes a mask of the given classes; their number must be `width * height`.
    public init(width: Int, height: Int, classes: [UInt8]) {
        guard width > 0, height > 0, classes.count == width * height else {
            fatalError(
                "Mask: \(width)x\(height) needs \(width * height) classes and at least one pixel, "
                    + "but got \(classes.count)")
        }
        self.width = width
        self.height = height
        self.classes = classes
    }

    /// Reads a grey picture whose values stand for classes.
    ///
    /// - Parameters:
    ///   - image: The decoded file.
    ///   - values: The value of each class, in the order of the classes.
    ///   - name: What errors call the file.
    /// - Throws: `ImageError` that says where a pixel has none of the values.
    public init(_ image: Image, values: [UInt8], name: String) throws(ImageError) {
        var table = [UInt8](repeating: Self.ignored, count: 256)
        for (number, value) in values.enumerated() { table[Int(value)] = UInt8(number) }
        var classes = [UInt8](repeating: 0, count: image.width * image.height)
        var stray: Int?
        image.pixels.withUnsafeBufferPointer { pixels in
            for place in classes.indices {
                let value = pixels[place * 3]
                let isGrey = value == pixels[place * 3 + 1] && value == pixels[place * 3 + 2]
                classes[place] = table[Int(value)]
                if stray == nil, !isGrey || classes[place] == Self.ignored { stray = place }
            }
        }
        if let stray {
            let pixel = image.pixels[(stray * 3)..<(stray * 3 + 3)]
            let found =
                Set(pixel).count == 1
                ? "the value \(pixel.first!)"
                : "the colour \(pixel.map(String.init).joined(separator: ", "))"
            throw ImageError(
                name: name,
                reason: .wrongContent(
                    "has \(found) in row \(stray / image.width + 1), column "
                        + "\(stray % image.width + 1); a mask has the values "
                        + values.map(String.init).joined(separator: ", ")))
        }
        self.init(width: image.width, height: image.height, classes: classes)
    }

    /// The classes of the pixels that `map` shows; padding is ignored.
    func classes(through map: PixelMap) -> [UInt8] {
        map.sources.map { $0 < 0 ? Self.ignored : classes[Int($0)] }
    }

    /// The number of pixels of each class of `0..<classCount`; ignored pixels are in none.
    public func counts(classCount: Int) -> [Int] {
        var counts = [Int](repeating: 0, count: 256)
        for value in classes { counts[Int(value)] += 1 }
        return Array(counts.prefix(classCount))
    }

    /// How the size differs from the picture's; nil if it does not.
    func misfit(_ image: Image) -> String? {
        guard width != image.width || height != image.height else { return nil }
        return "has \(image.height)x\(image.width) pixels (height x width), but its mask has "
            + "\(height)x\(width)"
    }
}
