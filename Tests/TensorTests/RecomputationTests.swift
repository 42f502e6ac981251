import Tensor
import Testing

/// Values that are computed again instead of kept: the same bits with less memory.
@Suite struct RecomputationTests {
    /// Three layers of 64 features and a loss; `cut` puts each layer into its way of computing.
    private final class Chain {
        let weights: [Parameter]
        let x: Tensor

        init() {
            weights = (0..<3).map { index in
                var random = RandomStream(seed: 4, purpose: .initialization, index: index)
                let values = (0..<64 * 64).map { _ in 0.2 * random.normal() }
                return Parameter(Tensor(values, shape: [64, 64]), role: .matrix)
            }
            var random = RandomStream(seed: 4, purpose: .synthesis)
            x = Tensor((0..<32 * 64).map { _ in random.normal() }, shape: [32, 64])
        }

        /// Uses its input twice and its weights twice.
        func layer(_ index: Int, _ x: Tensor) -> Tensor {
            let hidden = dropout(
                gelu(linear(x, weights[index].tensor())), probability: 0.3,
                key: RandomKey(seed: 1, purpose: .dropout, index: index))
            return tanh(linear(hidden, weights[index].tensor())) + x
        }

        typealias Cut = (_ x: Tensor, _ body: @escaping (Tensor) -> Tensor) -> Tensor

        /// The loss and all gradients, that of the input last.
        func gradients(of parameters: [Parameter]? = nil, _ cut: Cut) -> [[Float]?] {
            let parameters = parameters ?? weights
            var input: Tensor?
            let (value, gradients) = valueWithGradients(of: parameters) {
                input = x.watched()
                let y = (0..<3).reduce(input!) { x, index in cut(x) { self.layer(index, $0) } }
                return sum(y * y)
            }
            return [value.array()] + weights.map { gradients[$0]?.array() }
                + [gradients[input!]?.array()]
        }
    }

    @Test("Gradients have the same bits", arguments: [1, 2, 3])
    func sameBits(threads: Int) {
        withBackend(CPUBackend(threadCount: threads)) {
            let chain = Chain()
            let plain = chain.gradients { x, body in body(x) }
            #expect(chain.gradients(recomputed) == plain)
            let nested = chain.gradients { x, body in
                recomputed(x) { recomputed($0) { recomputed($0, body) } }
            }
            #expect(nested == plain)
            #expect(plain.allSatisfy { $0 != nil })
        }
    }

    @Test func onlyWhatWasAskedFor() {
        let chain = Chain()
        let wanted = [chain.weights[1]]
        let plain = chain.gradients(of: wanted) { x, body in body(x) }
        #expect(chain.gradients(of: wanted, recomputed) == plain)
        #expect(plain[1] == nil && plain[2] != nil && plain[3] == nil)
    }

    @Test func theInputItself() {
        let x = Parameter(Tensor([1, 2], shape: [2]), role: .vector)
        let (_, gradients) = valueWithGradients(of: [x]) {
            sum(recomputed(x.tensor()) { $0 } * Tensor([3, 5], shape: [2]))
        }
        #expect(gradients[x]?.array() == [3, 5])
    }

    /// What a convolution gets from a normalisation is made again: the same bits with less memory.
    @Test(arguments: [ElementType.float32, .bfloat16])
    func normalizedInputsOfConvolutions(_ type: ElementType) {
        func values(_ shape: Shape, _ index: Int) -> Tensor {
            var random = RandomStream(seed: 6, purpose: .initialization, index: index)
            return Tensor((0..<shape.count).map { _ in 0.1 * random.normal() }, shape: shape)
        }
        func run(keepsOutput: Bool) -> (values: [[Float]?], peak: Int) {
            let backend = CPUBackend(threadCount: 2)
            return withBackend(backend) {
                let filters = (0..<4).map { Parameter(values([3, 3, 32, 32], $0), role: .filter) }
                let scale = Parameter(.ones([32]), role: .vector)
                let shift = Parameter(values([32], 5), role: .vector)
                let images = values([8, 32, 32, 32], 6)
                let parameters = filters + [scale, shift]
                let (loss, gradients) = valueWithGradients(of: parameters) {
                    let y = filters.dropLast().reduce(images.converted(to: type)) { x, filter in
                        batchNorm(
                            conv2d(x, filter.tensor(), padding: 1), scale: scale.tensor(),
                            shift: shift.tensor(), relu: true, keepsOutput: keepsOutput
                        ).output
                    }
                    let last = conv2d(y, filters[3].tensor(), padding: 1)
                    return sum(last * last)
                }
                return (
                    [loss.array()] + parameters.map { gradients[$0]?.array() },
                    backend.memoryStatistics.peak
                )
            }
        }
        let (kept, made) = (run(keepsOutput: true), run(keepsOutput: false))
        for (index, pair) in zip(made.values, kept.values).enumerated() {
            #expect(pair.0 != nil && pair.0 == pair.1, "value \(index)")
        }
        #expect(made.peak < kept.peak)
    }

    @Test func nothingIsRecordedWhereNothingIsWanted() {
        var runs = 0
        let body = { (x: Tensor) in
            runs += 1
            return exp(x)
        }
        let (_, gradients) = valueWithGradients { sum(recomputed(Tensor(1), body)) }
        #expect(runs == 1)
        #expect(recomputed(Tensor(0), body).scalar() == 1)
        #expect(runs == 2)
        withExtendedLifetime(gradients) {}
    }

    /// State is told that it has seen this batch.
    @Test func theSecondRunKnowsThatItIsOne() {
        var seen: [Bool] = []
        let x = Parameter(Tensor(1), role: .vector)
        _ = valueWithGradients(of: [x]) {
            recomputed(x.tensor()) { x in
                recomputed(x) { x in
                    seen.append(Recomputation.isUnderway)
                    return x * x
                }
            }
        }
        #expect(seen == [false, true, true])
        #expect(!Recomputation.isUnderway)
    }

    /// Forty links of eight operations: kept are one value a link, and the values of one link.
    @Test func memoryFalls() {
        func peak(_ cut: (Tensor, @escaping (Tensor) -> Tensor) -> Tensor) -> Int {
            let backend = ReferenceBackend()
            withBackend(backend) {
                let w = Parameter(Tensor(repeating: 0.5, shape: [1024]), role: .vector)
                _ = valueWithGradients(of: [w]) {
                    sum(
                        (0..<40).reduce(w.tensor()) { x, _ in
                            cut(x) { x in (0..<8).reduce(x) { y, _ in sigmoid(y) } }
                        })
                }
            }
            return backend.memoryStatistics.peak / 4096
        }
        #expect(peak { x, body in body(x) } >= 40 * 8)
        #expect(peak(recomputed) <= 40 + 8 + 5)
    }

    @Test func whatItReturnsIsNotKept() {
        let backend = ReferenceBackend()
        withBackend(backend) {
            let w = Parameter(Tensor(repeating: 0.5, shape: [1024]), role: .vector)
            let start = backend.memoryStatistics.active
            _ = valueWithGradients(of: [w]) {
                _ = recomputed(w.tensor()) { exp($0 * $0) }
                #expect(backend.memoryStatistics.active == start)
                return Tensor(1)
            }
        }
    }

    @Test func recordedTensorsOfOutsideAreRefused() async {
        let result = await #expect(
            processExitsWith: .failure, observing: [\.standardErrorContent]
        ) {
            let w = Parameter(Tensor(2), role: .vector)
            _ = valueWithGradients(of: [w]) {
                let outside = w.tensor() * 2
                return recomputed(w.tensor()) { $0 * outside }
            }
        }
        let output = String(decoding: result?.standardErrorContent ?? [], as: UTF8.self)
        #expect(output.contains("multiply: inside recomputed, a tensor from outside"), "\(output)")
    }

    @Test func nothingInsideCanBeWatched() async {
        let result = await #expect(
            processExitsWith: .failure, observing: [\.standardErrorContent]
        ) {
            let w = Parameter(Tensor(2), role: .vector)
            _ = valueWithGradients(of: [w]) { recomputed(w.tensor()) { ($0 * 2).watched() } }
        }
        let output = String(decoding: result?.standardErrorContent ?? [], as: UTF8.self)
        #expect(output.contains("watched: recomputed keeps no values"), "\(output)")
    }
}
