/// The colour in which the pixels of a class are drawn.
///
/// The first seven are those of Okabe and Ito ("Color universal design", 2008), which differ for every
/// kind of colour vision, ordered so that neighbours differ in lightness too; further classes repeat
/// them darker.
public struct MaskColour: Sendable, Equatable {
    /// The three parts.
    public let red: UInt8, green: UInt8, blue: UInt8

    private static let palette: [(UInt8, UInt8, UInt8)] = [
        (230, 159, 0), (0, 114, 178), (240, 228, 66), (0, 158, 115), (204, 121, 167),
        (86, 180, 233), (213, 94, 0),
    ]

    /// The colour of class `index`.
    public init(_ index: Int) {
        let (red, green, blue) = Self.palette[index % Self.palette.count]
        let round = index / Self.palette.count
        func shaded(_ part: UInt8) -> UInt8 { UInt8(Int(part) * 3 / (3 + 2 * round)) }
        self.red = shaded(red)
        self.green = shaded(green)
        self.blue = shaded(blue)
    }

    /// `#E69F00`.
    public var hexadecimal: String {
        "#"
            + [red, green, blue].map { part in
                let digits = String(part, radix: 16, uppercase: true)
                return digits.count == 1 ? "0" + digits : digits
            }.joined()
    }
}

extension Image {
    /// The picture in grey and dimmed, with the class of each pixel as a colour over it; ignored pixels
    /// have none. The mask must be of its size.
    public func overlaid(with mask: Mask) -> Image {
        if let misfit = mask.misfit(self) { fatalError("overlaid: the picture \(misfit)") }
        let colours = (0...255).map { MaskColour($0) }
        // Parts of 16: the colour shows the class, the grey what is in the picture.
        let (colourShare, greyShare) = (10, 6)
        return Image(width: width, height: height) { output in
            pixels.withUnsafeBufferPointer { input in
                for pixel in mask.classes.indices {
                    let label = mask.classes[pixel]
                    let start = pixel * 3
                    let grey =
                        (299 * Int(input[start]) + 587 * Int(input[start + 1])
                            + 114 * Int(input[start + 2])) / 1000
                    let colour = colours[Int(label)]
                    func blended(_ part: UInt8) -> UInt8 {
                        let shown = label == Mask.ignored ? 0 : Int(part) * colourShare
                        return UInt8((shown + grey * greyShare) / 16)
                    }
                    output[start] = blended(colour.red)
                    output[start + 1] = blended(colour.green)
                    output[start + 2] = blended(colour.blue)
                }
            }
        }
    }
}
