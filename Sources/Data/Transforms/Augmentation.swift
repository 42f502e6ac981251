import Tensor

/// What happens to a sample between decoding and the model, in order.
///
/// Random choices come from the stream (seed, augmentation, epoch, sample index) and from nothing
/// else, so neither the number of workers nor the place where a run was resumed changes them.
///
/// ```swift
/// let cifar = Augmentation([.randomCrop(32, padding: 4), .horizontalFlip()])
/// let photos = Augmentation([.randomResizedCrop(224), .horizontalFlip()])
/// ```
public struct Augmentation: Sendable, Equatable {
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
    }

    /// The steps, in order.
    public var steps: [Step]

    /// Makes a pipeline of `steps`.
    public init(_ steps: [Step] = []) { self.steps = steps }

    /// Nothing happens.
    public static let none = Augmentation()

    /// The size of all results, if the steps determine it; `nil` if it depends on the picture.
    public var outputSize: Spatial? {
        var size: Spatial?
        for step in steps {
            switch step {
            case .resize(.exact(let target, _)): size = target
            case .resize(.shorterSide): size = size == nil ? nil : outputSize(of: step, size!)
            case .resize(.none), .horizontalFlip, .alternatingFlip: break
            case .centerCrop(let target), .randomCrop(let target, _, _),
                .randomResizedCrop(let target, _, _, _):
                size = target
            }
        }
        return size
    }

    private func outputSize(of step: Step, _ size: Spatial) -> Spatial {
        guard case .resize(let rule) = step else { return size }
        return rule.outputSize(for: size)
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
            case .horizontalFlip(let probability) where !(0...1).contains(probability):
                return "a probability of \(probability) is not within 0...1"
            default: break
            }
        }
        return nil
    }

    /// The sample after all steps.
    ///
    /// - Parameters:
    ///   - image: the decoded picture.
    ///   - seed: the run's seed.
    ///   - epoch: the epoch, from 0.
    ///   - index: the sample's place in its data set.
    public func apply(_ image: Image, seed: UInt64, epoch: Int, index: Int) -> Image {
        view(of: image, seed: seed, epoch: epoch, index: index).materialized()
    }

    /// As `apply`, but with crops and flips still to be carried out.
    package func view(of image: Image, seed: UInt64, epoch: Int, index: Int) -> PixelView {
        var view = PixelView(image)
        var random = RandomStream(seed: seed, purpose: .augmentation, epoch: epoch, index: index)
        for (place, step) in steps.enumerated() {
            switch step {
            case .resize(.none):
                break
            case .resize(let rule):
                let center = centerKept(after: place)
                view = PixelView(rule.apply(view.materialized(), keepingCenter: center))
            case .centerCrop(let size):
                view.cropCenter(size)
            case .randomCrop(let size, let padding, let mode):
                view.cropRandomly(size, padding: padding, mode: mode, &random)
            case .randomResizedCrop(let size, let scale, let ratio, let interpolation):
                let box = randomResizedBox(in: view.size, scale: scale, ratio: ratio, &random)
                view.crop(top: box.top, left: box.left, size: box.size, padding: .zero)
                let part = view.materialized()
                view = PixelView(part.resized(to: size, interpolation: interpolation))
            case .horizontalFlip(let probability):
                if random.uniform() < probability { view.flip() }
            case .alternatingFlip:
                if isMirrored(seed: seed, epoch: epoch, index: index) { view.flip() }
            }
        }
        return view
    }

    /// What a centre crop right after step `place` will keep.
    private func centerKept(after place: Int) -> Spatial? {
        guard place + 1 < steps.count, case .centerCrop(let size) = steps[place + 1] else {
            return nil
        }
        return size
    }

    /// The fixed half of the alternating flip has a stream of its own: an epoch no run reaches.
    private func isMirrored(seed: UInt64, epoch: Int, index: Int) -> Bool {
        var fixed = RandomStream(
            seed: seed, purpose: .augmentation, epoch: Int(UInt32.max), index: index)
        return (fixed.next() & 1 == 1) != (epoch % 2 == 1)
    }
}
