/// An operation that changes colours and leaves every pixel where it is.
///
/// Every one gives the bytes of torchvision's `transforms.v2.functional` on `uint8` tensors of the same
/// name. PyTorch multiplies and adds there in one rounding; a sum in double precision, rounded once, is
/// the same number, and needs no instruction that an old processor lacks.
package enum PhotometricOperation: Sendable, Equatable {
    /// `factor · x`.
    case brightness(Double)
    /// `factor · x + (1 − factor) · m` with the mean grey level m of the picture.
    case contrast(Double)
    /// `factor · x + (1 − factor) · g` with the pixel's own grey level g.
    case saturation(Double)
    /// The hue moved along its circle by this part of it, from −1/2 to 1/2.
    case hue(Float)
    /// `x + (1 − factor) · (s − x)` with the picture s smoothed by a 3×3 kernel; the border stays.
    case sharpness(Double)
    /// Keeps this number of high bits.
    case posterize(bits: Int)
    /// Inverts what is at least the threshold.
    case solarize(threshold: Float)
    /// Stretches each channel to 0...255.
    case autocontrast
    /// Makes the histogram of each channel as flat as a table can.
    case equalize
    /// All channels become the grey level `0.2989 R + 0.587 G + 0.114 B`.
    case greyscale

    /// The picture with other colours.
    package func apply(to image: Image) -> Image {
        switch self {
        case .brightness(let factor): image.mapped(.brightness(factor))
        case .contrast(let factor):
            image.mapped(.blend(factor, with: image.meanGreyLevel))
        case .saturation(let factor): image.saturated(by: factor)
        case .hue(let shift): image.hueShifted(by: shift)
        case .sharpness(let factor): image.sharpened(by: factor)
        case .posterize(let bits): image.mapped(.posterize(bits: bits))
        case .solarize(let threshold): image.mapped(.solarize(threshold: threshold))
        case .autocontrast: image.mappedByHistogram(ToneTable.autocontrast)
        case .equalize: image.mappedByHistogram(ToneTable.equalize)
        case .greyscale: image.grey()
        }
    }
}

/// A float as `to(torch.uint8)` takes it after `clamp(0, 255)`: cut off, not rounded.
@inline(__always)
func byte(_ value: Float) -> UInt8 { UInt8(min(max(value, 0), 255)) }
