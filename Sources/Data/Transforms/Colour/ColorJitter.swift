import Tensor

/// Random changes of brightness, contrast, saturation and hue, in random order (Krizhevsky et al. 2012
/// changed colours first; the form is torchvision's `ColorJitter`).
public struct ColorJitter: Sendable, Equatable {
    /// The factor is from 1 − this, but at least 0, to 1 + this.
    public var brightness: Float
    /// As for brightness.
    public var contrast: Float
    /// As for brightness.
    public var saturation: Float
    /// The shift is from −this to this; at most 1/2.
    public var hue: Float
    /// The part of the samples that are changed at all.
    public var probability: Float

    /// Makes a jitter; an amount of 0 leaves that part of the colours as it is.
    public init(
        brightness: Float = 0, contrast: Float = 0, saturation: Float = 0, hue: Float = 0,
        probability: Float = 1
    ) {
        self.brightness = brightness
        self.contrast = contrast
        self.saturation = saturation
        self.hue = hue
        self.probability = probability
    }

    /// What makes no sense in the numbers; `nil` if nothing.
    var problem: String? {
        for (name, amount) in [
            ("brightness", brightness), ("contrast", contrast), ("saturation", saturation),
        ] where !(amount >= 0 && amount.isFinite) {
            return "a \(name) of \(amount) is not a positive number or 0"
        }
        if !(0...0.5).contains(hue) { return "a hue of \(hue) is not within 0...0.5" }
        if !(0...1).contains(probability) {
            return "a probability of \(probability) is not within 0...1"
        }
        return nil
    }

    /// The changes of one sample.
    func draw(_ random: inout RandomStream) -> [PhotometricOperation] {
        guard random.uniform() < probability else { return [] }
        func factor(_ amount: Float) -> Double {
            Double(random.uniform(in: max(0, 1 - amount)...(1 + amount)))
        }
        var operations: [PhotometricOperation] = []
        if brightness > 0 { operations.append(.brightness(factor(brightness))) }
        if contrast > 0 { operations.append(.contrast(factor(contrast))) }
        if saturation > 0 { operations.append(.saturation(factor(saturation))) }
        if hue > 0 { operations.append(.hue(random.uniform(in: -hue...hue))) }
        random.shuffle(&operations)
        return operations
    }
}
