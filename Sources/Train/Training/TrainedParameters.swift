import NN
import Tensor

/// Which parameters move at which step, and what normalisations at rest do meanwhile.
struct TrainedParameters {
    private let spans: [(parameter: Parameter, steps: Range<Int>)]
    private let norms: [(layer: BatchNorm2d, firstStep: Int)]
    private let early: [Parameter]
    /// The steps over which the early parameters' learning rate falls to zero; nil for the schedule.
    private let earlyDecaySteps: Int?

    /// - Parameters:
    ///   - configuration: What is frozen, and how long early parameters are trained.
    ///   - model: Whose parameters are trained.
    ///   - stepsPerEpoch: Updates in an epoch.
    init(
        _ configuration: Configuration, of model: any PredictionModel, stepsPerEpoch: Int
    ) {
        let plan = FreezingPlan(configuration.fineTuning, ModelOutline(of: model))
        let early = (model as? any DataInitialized)?.earlyParameters ?? []
        let earlySteps = configuration.optimizer.whiteningBias?.steps(stepsPerEpoch: stepsPerEpoch)
        let earlyOnes = Set(early.map(ObjectIdentifier.init))
        spans = model.namedParameters.map { key, parameter in
            let start = plan.firstStep(of: key, stepsPerEpoch: stepsPerEpoch)
            let end = earlyOnes.contains(ObjectIdentifier(parameter)) ? earlySteps ?? .max : .max
            return (parameter, start..<max(start, end))
        }
        self.early = early
        earlyDecaySteps = configuration.optimizer.whiteningBiasDecay ? earlySteps : nil
        let starts = Dictionary(
            uniqueKeysWithValues: spans.map {
                (ObjectIdentifier($0.parameter), $0.steps.lowerBound)
            })
        norms = model.namedModules.compactMap { named in
            guard configuration.fineTuning.frozenBatchNorm == .inference,
                let layer = named.module as? BatchNorm2d,
                let first = [layer.weight, layer.bias].compactMap({ starts[ObjectIdentifier($0)] })
                    .min(), first > 0
            else { return nil }
            return (layer, first)
        }
    }

    /// The parameters whose gradients update number `step`, from 0, wants; normalisations that it does
    /// not train are told so.
    func callAsFunction(at step: Int) -> [Parameter] {
        for (layer, firstStep) in norms { layer.keepsStatistics = step < firstStep }
        return spans.filter { $0.steps.contains(step) }.map(\.parameter)
    }

    /// The number of values that update number `step` moves.
    func count(at step: Int) -> Int {
        spans.reduce(0) { $0 + ($1.steps.contains(step) ? $1.parameter.value.count : 0) }
    }

    /// The factors on the learning rate `rate` of those parameters that have a curve of their own, whose
    /// highest learning rate is `highest`.
    func learningRateFactors(
        at step: Int, rate: Double, highest: Double
    ) -> [ObjectIdentifier: Float] {
        guard let earlyDecaySteps, rate > 0 else { return [:] }
        let share = max(0, 1 - Double(step) / Double(earlyDecaySteps))
        let factor = Float(share * highest / rate)
        return Dictionary(uniqueKeysWithValues: early.map { (ObjectIdentifier($0), factor) })
    }
}
