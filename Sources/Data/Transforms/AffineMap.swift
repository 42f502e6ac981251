import Glibc
import Tensor

/// A linear map of places about the centre of a picture, from the result to the original:
/// `(x, y) ← (a x + b y + c, d x + e y + f)`.
package struct AffineMap: Sendable, Equatable {
    package let a, b, c, d, e, f: Double

    /// Turns the picture counter-clockwise (torchvision's `rotate`).
    package static func rotation(degrees: Double) -> Self {
        let angle = degrees * .pi / 180
        return Self(a: cos(angle), b: -sin(angle), c: 0, d: sin(angle), e: cos(angle), f: 0)
    }

    /// Moves each row by `amount` times its distance from the top edge (`ShearX` of AutoAugment).
    package static func shearX(_ amount: Double, size: Spatial) -> Self {
        Self(a: 1, b: amount, c: amount * Double(size.height) / 2, d: 0, e: 1, f: 0)
    }

    /// Moves each column by `amount` times its distance from the left edge (`ShearY`).
    package static func shearY(_ amount: Double, size: Spatial) -> Self {
        Self(a: 1, b: 0, c: 0, d: amount, e: 1, f: amount * Double(size.width) / 2)
    }

    /// For each pixel of a picture of `size`, the nearest pixel behind it; -1 where there is none.
    func sources(_ size: Spatial) -> [Int32] {
        let (width, height) = (size.width, size.height)
        let (middleX, middleY) = (Double(width - 1) / 2, Double(height - 1) / 2)
        return [Int32](unsafeUninitializedCapacity: height * width) { result, count in
            for row in 0..<height {
                let y = Double(row) - middleY
                let (startX, startY) = (b * y + c + middleX, e * y + f + middleY)
                for column in 0..<width {
                    let x = Double(column) - middleX
                    let sourceX = Self.rounded(a * x + startX)
                    let sourceY = Self.rounded(d * x + startY)
                    let isInside =
                        sourceX >= 0 && sourceX < Double(width) && sourceY >= 0
                        && sourceY < Double(height)
                    result[row * width + column] =
                        isInside ? Int32(sourceY) * Int32(width) + Int32(sourceX) : -1
                }
            }
            count = height * width
        }
    }

    /// To the nearest whole number, halves to even: at this distance from 0, the numbers of double
    /// precision are whole. A plain sum is faster than the function for it.
    @inline(__always)
    private static func rounded(_ value: Double) -> Double {
        let far = 0x1.8p52
        return (value + far) - far
    }
}

extension Image {
    /// The picture of the pixels that an affine map finds; black where it finds none.
    func moved(by map: AffineMap) -> Image {
        let sources = map.sources(Spatial(height: height, width: width))
        return Image(width: width, height: height) { target in
            pixels.withUnsafeBufferPointer { pixels in
                for (place, source) in sources.enumerated() {
                    for channel in 0..<3 {
                        target[place * 3 + channel] =
                            source < 0 ? 0 : pixels[Int(source) * 3 + channel]
                    }
                }
            }
        }
    }
}
