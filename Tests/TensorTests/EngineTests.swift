import Tensor
import Testing

/// The engine of gradients: what is computed, what is added up, what is freed.
@Suite struct EngineTests {
    private func parameter(_ values: [Float], _ shape: Shape? = nil) -> Parameter {
        Parameter(Tensor(values, shape: shape ?? [values.count]), role: .vector)
    }

    @Test func diamondAddsBothBranches() {
        let x = parameter([1, 2, -3])
        let (value, gradients) = valueWithGradients(of: [x]) {
            let y = x.tensor() * 2
            return sum(exp(y) + y * y)
        }
        let expected = [1, 2, -3].map { 2 * scalarExponential(2 * $0) + 8 * $0 }
        expectClose(gradients[x]!.array(), expected, .elementwise, "gradient")
        #expect(value.shape == [])
    }

    @Test func reuseCountsEveryUse() {
        let x = parameter([1, 2, -3])
        let (_, twice) = valueWithGradients(of: [x]) {
            let t = x.tensor()
            return sum(t + t)
        }
        #expect(twice[x]!.array() == [2, 2, 2])
        let (_, square) = valueWithGradients(of: [x]) {
            let t = x.tensor()
            return sum(t * t)
        }
        #expect(square[x]!.array() == [2, 4, -6])
        let (_, separate) = valueWithGradients(of: [x]) {
            sum(x.tensor() * x.tensor() * x.tensor())
        }
        #expect(separate[x]!.array() == [3, 12, 27])
    }

    /// `add` hands one gradient to both of its inputs; adding to one must not change the other.
    @Test func sharedContributionsStayApart() {
        let a = parameter([1, 2])
        let b = parameter([3, 4])
        let (_, gradients) = valueWithGradients(of: [a, b]) {
            let x = a.tensor()
            let y = b.tensor()
            return sum((x + y) + x * 10)
        }
        #expect(gradients[a]!.array() == [11, 11])
        #expect(gradients[b]!.array() == [1, 1])
    }

    @Test func onlyWhatWasAskedFor() {
        let x = parameter([1, 2])
        let frozen = parameter([3, 4])
        let unused = parameter([5, 6])
        let (_, gradients) = valueWithGradients(of: [x, unused]) {
            sum(x.tensor() * frozen.tensor())
        }
        #expect(gradients[x]!.array() == [3, 4])
        #expect(gradients[frozen] == nil)
        #expect(gradients[unused] == nil)
    }

    @Test func valueThatDependsOnNothing() {
        let x = parameter([1, 2])
        let (value, gradients) = valueWithGradients(of: [x]) { Tensor(7) * 2 }
        #expect(value.scalar() == 14)
        #expect(gradients[x] == nil)
        let (_, detached) = valueWithGradients(of: [x]) { sum(x.tensor().detached() * 3) }
        #expect(detached[x] == nil)
    }

    @Test func parameterAsTheValueItself() {
        let x = parameter([4])
        let (_, gradients) = valueWithGradients(of: [x]) { x.tensor() }
        #expect(gradients[x]!.array() == [1])
    }

    @Test func watchedInputsAndActivations() {
        let input = Tensor([1, 2, -3], shape: [3])
        var kept: (input: Tensor, hidden: Tensor)?
        let (_, gradients) = valueWithGradients {
            let x = input.watched()
            let hidden = (x * x).watched()
            kept = (x, hidden)
            return sum(hidden * Tensor([1, 10, 100], shape: [3]))
        }
        #expect(gradients[kept!.hidden]!.array() == [1, 10, 100])
        #expect(gradients[kept!.input]!.array() == [2, 40, -600])
        #expect(gradients[input] == nil)
    }

    @Test func givenOutputGradient() {
        let x = parameter([1, 2, -3])
        let (value, gradients) = valueWithGradients(
            of: [x], outputGradient: Tensor([5, 7, 11], shape: [3])
        ) { x.tensor() * x.tensor() }
        #expect(value.array() == [1, 4, 9])
        #expect(gradients[x]!.array() == [10, 28, -66])
    }

    /// The inner recording's tensors are constants of the outer one, and the other way round.
    @Test func nestedRecordings() {
        let x = parameter([2])
        let (_, outer) = valueWithGradients(of: [x]) {
            let t = x.tensor()
            let (inner, innerGradients) = valueWithGradients(of: [x]) {
                x.tensor() * x.tensor() * t
            }
            #expect(innerGradients[x]!.array() == [8])
            return t * inner
        }
        #expect(outer[x]!.array() == [8])
    }

    @Test func errorsLeaveTheRecording() {
        struct Failure: Error {}
        let x = parameter([2])
        #expect(throws: Failure.self) {
            _ = try valueWithGradients(of: [x]) {
                _ = x.tensor() * 2
                throw Failure()
            }
        }
        let (_, gradients) = valueWithGradients(of: [x]) { x.tensor() * 3 }
        #expect(gradients[x]!.array() == [3])
    }

    @Test func longChainsForwardAndBackward() {
        let x = parameter([1])
        let (value, gradients) = valueWithGradients(of: [x]) {
            var y = x.tensor()
            for _ in 0..<100_000 { y = y + 1 }
            return y
        }
        #expect(value.scalar() == 100_001)
        #expect(gradients[x]!.array() == [1])
    }

    @Test func longChainsDroppedUnused() {
        let x = parameter([1])
        let (value, gradients) = valueWithGradients(of: [x]) {
            var y = x.tensor()
            for _ in 0..<100_000 { y = y + 1 }
            // Two chains that share their start, one of them with two parents a link.
            var z = y
            for _ in 0..<1_000 { z = z + y }
            return Tensor(1)
        }
        #expect(value.scalar() == 1)
        #expect(gradients[x] == nil)
    }

    private func scalarExponential(_ x: Float) -> Float { exp(Tensor(x)).scalar() }
}
