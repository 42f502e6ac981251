import Tensor

extension Augmentation {
    /// One step. Crops and flips cost nothing until the pixels are written out.
    public enum Step: Sendable, Equatable {
        /// Brings the picture to another size.
        case resize(ResizeRule)
        /// Keeps the middle; a smaller picture is padded with black first.
        case centerCrop(Spatial)
        /// Pads every side by `padding`, then keeps a random window of the given size. A picture
        /// still smaller than the window is padded further.
        case randomCrop(Spatial, padding: Int = 0, mode: PaddingMode = .zero)
        /// Keeps a random part of the picture and resizes it (Szegedy et al. 2015): area from
        /// `scale` of the whole, aspect ratio log-uniform from `ratio`; the centre after ten
        /// tries that did not fit.
        case randomResizedCrop(
            Spatial, scale: ClosedRange<Float> = 0.08...1, ratio: ClosedRange<Float> = 0.75...4 / 3,
            interpolation: Interpolation = .bilinear)
        /// Mirrors left and right with the given probability.
        case horizontalFlip(probability: Float = 0.5)
        /// Mirrors a random half of the samples in epoch 0 and in every even one, the other half
        /// in odd ones, so that two epochs show both sides of each (Jordan 2024, airbench).
        case alternatingFlip
        /// Draws operations from a fixed list.
        case automatic(AutomaticAugmentation)
        /// Changes colours at random.
        case colorJitter(ColorJitter)
        /// Takes the colours away with the given probability.
        case greyscale(probability: Float = 0.1)
    }

    /// What makes no sense in the steps' numbers, in words for whoever wrote them; `nil` if nothing.
    /// A pipeline with such a problem must not be applied.
    public var problem: String? {
        for step in steps {
            switch step {
            case .centerCrop(let size), .resize(.exact(let size, _)), .randomCrop(let size, _, _),
                .randomResizedCrop(let size, _, _, _):
                if size.height < 1 || size.width < 1 {
                    return "a size of \(size.height)x\(size.width) has no pixels"
                }
            case .resize(.shorterSide(let side, _)):
                if side < 1 { return "a shorter side of \(side) has no pixels" }
            default: break
            }
            switch step {
            case .randomCrop(_, let padding, _) where padding < 0:
                return "a padding of \(padding) is negative"
            case .randomResizedCrop(_, let scale, let ratio, _):
                if !(scale.lowerBound > 0 && scale.upperBound <= 1) {
                    return "a scale of \(scale) is not within 0...1, 0 excluded"
                }
                if !(ratio.lowerBound > 0 && ratio.upperBound.isFinite) {
                    return "an aspect ratio of \(ratio) is not positive"
                }
            case .horizontalFlip(let probability), .greyscale(let probability):
                if !(0...1).contains(probability) {
                    return "a probability of \(probability) is not within 0...1"
                }
            case .automatic(let policy):
                if let problem = policy.problem { return problem }
            case .colorJitter(let jitter):
                if let problem = jitter.problem { return problem }
            default: break
            }
        }
        return erasures.lazy.compactMap(\.problem).first
    }
}
