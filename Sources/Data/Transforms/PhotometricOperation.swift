/// An operation that changes colours and leaves every pixel where it is.
package enum PhotometricOperation: Sendable, Equatable {
    /// Each sample becomes the entry of a table of 256.
    case tone([UInt8])

    /// The picture with other colours.
    package func apply(to image: Image) -> Image {
        switch self {
        case .tone(let table): image.mapped { _ in table }
        }
    }
}

extension Image {
    /// The picture with the samples of each channel replaced through a table.
    func mapped(_ table: (_ channel: Int) -> [UInt8]) -> Image {
        let (red, green, blue) = (table(0), table(1), table(2))
        return Image(width: width, height: height) { target in
            for place in stride(from: 0, to: target.count, by: 3) {
                target[place] = red[Int(pixels[place])]
                target[place + 1] = green[Int(pixels[place + 1])]
                target[place + 2] = blue[Int(pixels[place + 2])]
            }
        }
    }
}
