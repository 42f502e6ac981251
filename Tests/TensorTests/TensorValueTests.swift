import Tensor
import Testing

/// Tensors are values.
@Suite struct TensorValueTests {
    @Test func assignmentChangesNoCopy() {
        var a = Tensor([1, 2, 3], shape: [3])
        let b = a
        let matrix = a.reshaped(to: [1, 3])
        a.assign([4, 5, 6])
        #expect(a.array() == [4, 5, 6])
        #expect(b.array() == [1, 2, 3])
        #expect(matrix.array() == [1, 2, 3])
    }

    @Test func assignmentOfAnUnsharedTensorStaysInPlace() {
        let backend = ReferenceBackend()
        withBackend(backend) {
            var a = Tensor([1, 2, 3], shape: [3])
            let active = backend.memoryStatistics
            a.assign([4, 5, 6])
            #expect(backend.memoryStatistics == active)
            #expect(a.array() == [4, 5, 6])
        }
    }

    @Test func parameterUpdateLeavesSavedTensors() {
        let w = Parameter(Tensor([2, 3], shape: [2]), role: .vector)
        let x = Parameter(Tensor([5, 7], shape: [2]), role: .vector)
        let (value, gradients) = valueWithGradients(of: [w, x]) {
            let product = w.tensor() * x.tensor()
            // An optimiser's step between forward and backward.
            w.value.assign([100, 200])
            return sum(product)
        }
        #expect(value.scalar() == 31)
        #expect(gradients[x]!.array() == [2, 3])
        #expect(gradients[w]!.array() == [5, 7])
        #expect(w.value.array() == [100, 200])
    }

    @Test func parametersCountTheirChanges() {
        let w = Parameter(Tensor([2, 3], shape: [2]), role: .vector)
        #expect(w.version == 0)
        w.value.assign([4, 5])
        w.value = Tensor([6, 7], shape: [2])
        #expect(w.version == 2)
        _ = w.value
        #expect(w.version == 2)
    }

    @Test func emptyTensors() {
        let empty = Tensor([], shape: [0, 3])
        #expect(empty.array().isEmpty)
        #expect((empty + 1).array().isEmpty)
        #expect(sum(empty).scalar() == 0)
        #expect(
            concatenate([empty, Tensor([1, 2, 3], shape: [1, 3])], axis: 0).array() == [1, 2, 3])
    }

    @Test func gradientsOfSharedStorage() {
        let w = Parameter(Tensor([2, 3, 5, 7], shape: [4]), role: .vector)
        let (_, gradients) = valueWithGradients(of: [w]) {
            let matrix = w.tensor().reshaped(to: [2, 2])
            return sum(matrix * transpose(matrix))
        }
        #expect(gradients[w]!.array() == [4, 10, 6, 14])
    }
}
