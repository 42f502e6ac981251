import Tensor

/// Operations and strengths drawn from a fixed list: policies that need no search.
public enum AutomaticAugmentation: Sendable, Equatable {
    /// One operation of random strength a sample (Müller and Hutter 2021, "TrivialAugment", the wide
    /// space; torchvision's `TrivialAugmentWide` with 31 strengths).
    case trivialAugmentWide
    /// `count` operations a sample, all of strength `magnitude` of 0...30 (Cubuk et al. 2019,
    /// "RandAugment"; torchvision's `RandAugment`).
    case randAugment(count: Int = 2, magnitude: Int = 9)

    /// The strengths are numbered from 0 to this.
    static let highestMagnitude = 30

    /// What makes no sense in the numbers; `nil` if nothing.
    var problem: String? {
        guard case .randAugment(let count, let magnitude) = self else { return nil }
        if count < 1 { return "\(count) operations are none" }
        return (0...Self.highestMagnitude).contains(magnitude)
            ? nil : "a magnitude of \(magnitude) is not within 0...\(Self.highestMagnitude)"
    }

    /// The operations of one sample of the given size.
    func draw(for size: Spatial, _ random: inout RandomStream) -> [SampleOperation] {
        switch self {
        case .trivialAugmentWide:
            let kind = Kind.allCases[random.integer(below: Kind.allCases.count)]
            let bin = random.integer(below: Self.highestMagnitude + 1)
            let isNegative = random.next() & 1 == 1
            return [kind.operation(bin, isNegative: isNegative, range: .wide, size)]
                .compactMap(\.self)
        case .randAugment(let count, let magnitude):
            return (0..<count).compactMap { _ in
                let kind = Kind.allCases[random.integer(below: Kind.allCases.count)]
                let isNegative = random.next() & 1 == 1
                return kind.operation(
                    magnitude, isNegative: isNegative, range: .standard(size), size)
            }
        }
    }

    /// What strength 30 means.
    package struct MagnitudeRange {
        var shear: Double
        var translation: (x: Double, y: Double)
        var rotation: Double
        var factor: Double
        /// Of the eight bits, how many are lost.
        var lostBits: Double

        /// TrivialAugment's wide space.
        package static let wide = Self(
            shear: 0.99, translation: (32, 32), rotation: 135, factor: 0.99, lostBits: 6)

        /// AutoAugment's space, in which translations grow with the picture.
        package static func standard(_ size: Spatial) -> Self {
            let share = 150.0 / 331
            return Self(
                shear: 0.3, translation: (share * Double(size.width), share * Double(size.height)),
                rotation: 30, factor: 0.9, lostBits: 4)
        }
    }

    /// The operations to draw from, in torchvision's order.
    package enum Kind: String, CaseIterable {
        case identity, shearX, shearY, translateX, translateY, rotate, brightness, color, contrast
        case sharpness, posterize, solarize, autoContrast, equalize

        /// The operation of strength `bin` of 0...30; `nil` for the identity.
        ///
        /// - Parameters:
        ///   - isNegative: turns the direction of those that have one.
        ///   - range: what strength 30 means.
        ///   - size: the picture's.
        package func operation(
            _ bin: Int, isNegative: Bool, range: MagnitudeRange, _ size: Spatial
        ) -> SampleOperation? {
            func strength(_ highest: Double) -> Double {
                let strength = AutomaticAugmentation.strength(bin, highest)
                return isNegative ? -strength : strength
            }
            let factor = 1 + strength(range.factor)
            switch self {
            case .identity: return nil
            case .shearX: return .geometric(.affine(.shearX(strength(range.shear), size: size)))
            case .shearY: return .geometric(.affine(.shearY(strength(range.shear), size: size)))
            case .translateX: return translation(x: strength(range.translation.x), y: 0, size)
            case .translateY: return translation(x: 0, y: strength(range.translation.y), size)
            case .rotate:
                return .geometric(.affine(.rotation(degrees: strength(range.rotation))))
            case .brightness: return .photometric(.brightness(factor))
            case .color: return .photometric(.saturation(factor))
            case .contrast: return .photometric(.contrast(factor))
            case .sharpness: return .photometric(.sharpness(factor))
            case .posterize:
                let part = Double(bin) / Double(AutomaticAugmentation.highestMagnitude)
                let lost = (part * range.lostBits).rounded(.toNearestOrEven)
                return .photometric(.posterize(bits: 8 - Int(lost)))
            case .solarize:
                let opposite = AutomaticAugmentation.highestMagnitude - bin
                let threshold = 255 * AutomaticAugmentation.strength(opposite, 1)
                return .photometric(.solarize(threshold: Float(threshold)))
            case .autoContrast: return .photometric(.autocontrast)
            case .equalize: return .photometric(.equalize)
            }
        }

        /// Whole pixels, cut off, to the right and down: a window of the picture padded with black.
        private func translation(x: Double, y: Double, _ size: Spatial) -> SampleOperation {
            .geometric(.crop(top: -Int(y), left: -Int(x), size: size, padding: .zero))
        }
    }

    /// Strength `bin` of 0...30 on the way from 0 to `highest`, in the roundings of PyTorch's
    /// `linspace`: they show where strengths are cut off or multiply bytes.
    static func strength(_ bin: Int, _ highest: Double) -> Double {
        let step = Float(highest) / Float(highestMagnitude)
        return bin <= highestMagnitude / 2 - 1
            ? Double(step * Float(bin))
            : Double(Float(Double(Float(highest)) - Double(step) * Double(highestMagnitude - bin)))
    }
}
