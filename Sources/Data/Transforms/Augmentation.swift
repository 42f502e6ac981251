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
    /// The steps, in order.
    public var steps: [Step]

    /// What is wiped out afterwards, in normalised numbers.
    public var erasures: [Erasure]

    /// Makes a pipeline of `steps`, then of `erasures`.
    public init(_ steps: [Step] = [], erasures: [Erasure] = []) {
        self.steps = steps
        self.erasures = erasures
    }

    /// Nothing happens.
    public static let none = Augmentation()

    /// The size of all results, if the steps determine it; `nil` if it depends on the picture.
    public var outputSize: Spatial? {
        var size: Spatial?
        for step in steps {
            switch step {
            case .resize(.exact(let target, _)): size = target
            case .resize(.shorterSide): size = size == nil ? nil : outputSize(of: step, size!)
            case .resize(.none), .horizontalFlip, .alternatingFlip, .automatic, .colorJitter,
                .greyscale:
                break
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

    /// The sample after all steps. Erasures are no part of it: they come after normalisation.
    ///
    /// - Parameters:
    ///   - image: the decoded picture.
    ///   - seed: the run's seed.
    ///   - epoch: the epoch, from 0.
    ///   - index: the sample's place in its data set.
    public func apply(_ image: Image, seed: UInt64, epoch: Int, index: Int) -> Image {
        view(of: image, seed: seed, epoch: epoch, index: index).materialized()
    }

    /// As `apply`, but with the last crops and flips still to be carried out.
    package func view(of image: Image, seed: UInt64, epoch: Int, index: Int) -> PixelView {
        var view = PixelView(image)
        for operation in draw(for: view.size, seed: seed, epoch: epoch, index: index) {
            switch operation {
            case .geometric(let operation): operation.apply(to: &view)
            case .photometric(let operation): view.change { operation.apply(to: $0) }
            }
        }
        return view
    }
}
