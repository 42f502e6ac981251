import NN
import Tensor
import Testing

/// Eigenvectors, and the filters that follow from them.
struct WhiteningTests {
    @Test func eigenvaluesOfKnownMatrices() {
        let diagonal = symmetricEigen([3, 0, 0, 0, -1, 0, 0, 0, 7], size: 3)
        #expect(diagonal.values == [7, 3, -1])
        #expect(diagonal.vectors == [[0, 0, 1], [1, 0, 0], [0, 1, 0]])

        let pair = symmetricEigen([2, 1, 1, 2], size: 2)
        #expect(abs(pair.values[0] - 3) < 1e-15 && abs(pair.values[1] - 1) < 1e-15)
        #expect(abs(pair.vectors[0][0] * pair.vectors[0][1] - 0.5) < 1e-15)

        #expect(symmetricEigen([-4], size: 1).values == [-4])
        let zero = symmetricEigen([0, 0, 0, 0], size: 2)
        #expect(zero.values == [0, 0] && zero.vectors == [[1, 0], [0, 1]])

        // 2 − 2 cos(kπ / (n + 1)): the second difference with fixed ends.
        let size = 9
        var chain = [Double](repeating: 0, count: size * size)
        for i in 0..<size {
            chain[i * size + i] = 2
            if i > 0 { chain[(i - 1) * size + i] = -1 }
        }
        let cosines = [0.951056516295153572116, 0.809016994374947424102, 0.587785252292473129169]
        let found = symmetricEigen(chain, size: size).values
        for (k, cosine) in cosines.enumerated() {
            #expect(abs(found[k] - (2 + 2 * cosine)) < 1e-14)
            #expect(abs(found[size - 1 - k] - (2 - 2 * cosine)) < 1e-14)
        }
        #expect(abs(found[4] - 2) < 1e-14)
    }

    /// A V = V Λ and Vᵀ V = 1, also where eigenvalues coincide or differ by many magnitudes.
    @Test(arguments: [2, 5, 12, 27])
    func vectorsAreOrthogonalAndBelongToTheirValues(_ size: Int) {
        let noise = uniform(71_000 + size, size * size).map(Double.init)
        var repeated = [Double](repeating: 1, count: size * size)
        for i in 0..<size { repeated[i * size + i] = 2 }
        let graded = (0..<size * size).map { position -> Double in
            let (i, j) = (position / size, position % size)
            return noise[min(i, j) * size + max(i, j)] * (0..<(i + j)).reduce(1) { x, _ in x / 4 }
        }
        for matrix in [noise, repeated, graded] {
            let found = symmetricEigen(matrix, size: size)
            func element(_ i: Int, _ j: Int) -> Double { matrix[min(i, j) * size + max(i, j)] }
            let scale = found.values.map(abs).max() ?? 0
            #expect(zip(found.values, found.values.dropFirst()).allSatisfy { $0 >= $1 })
            for (value, vector) in zip(found.values, found.vectors) {
                for i in 0..<size {
                    let product = (0..<size).reduce(0) { $0 + element(i, $1) * vector[$1] }
                    #expect(abs(product - value * vector[i]) < 1e-13 * scale)
                }
            }
            for (a, first) in found.vectors.enumerated() {
                for (b, second) in found.vectors.enumerated() {
                    let product = zip(first, second).reduce(0) { $0 + $1.0 * $1.1 }
                    #expect(abs(product - (a == b ? 1 : 0)) < 1e-13)
                }
            }
        }
    }

    /// Images `[N, H, W, C]` of the golden file, which has PyTorch's order.
    private func goldenImages() throws -> Tensor {
        let golden = try SafetensorsFile(path: fixture("golden.safetensors"))
        let entry = try #require(golden["whitening.images"])
        let planar = try entry.floats()
        let (n, c, h, w) = (entry.shape[0], entry.shape[1], entry.shape[2], entry.shape[3])
        var values = [Float](repeating: 0, count: planar.count)
        for image in 0..<n {
            for channel in 0..<c {
                for pixel in 0..<h * w {
                    values[(image * h * w + pixel) * c + channel] =
                        planar[(image * c + channel) * h * w + pixel]
                }
            }
        }
        return Tensor(values, shape: [n, h, w, c])
    }

    @Test func filtersMatchNumPy() throws {
        let golden = try SafetensorsFile(path: fixture("golden.safetensors"))
        let images = try goldenImages()
        var covariance = PatchCovariance(kernel: 2, channels: 3)
        covariance.add(images)
        #expect(covariance.count == 6 * 8 * 8)
        let values = symmetricEigen(covariance.moments, size: 12).values
        let expectedValues = try #require(golden["whitening.eigenvalues"]).floats()
        #expect(relativeError(values, expectedValues.map(Double.init)) < 1e-7)

        let filters = covariance.whiteningFilters(epsilon: 5e-4)
        let parameter = Parameter(Tensor(filters, shape: [2, 2, 3, 24]), role: .filter)
        let found = try StateEntry(parameter).floats()
        let expected = try #require(golden["whitening.filters"]).floats()
        #expect(found.count == expected.count)
        for (a, b) in zip(found, expected) { #expect(abs(a - b) <= 2e-7 * max(1, abs(b))) }
    }

    /// What comes out of the filters of the same images has unit second moments, but for ε.
    @Test func patchesBecomeWhite() throws {
        let images = try goldenImages()
        let model = try #require(
            try ModelRegistry.make("airbench94", classCount: 10, seed: 5) as? Airbench)
        var batches = [images].makeIterator()
        model.initialize(fromImages: { batches.next() })
        let bias = try #require(model.whiten.bias).value.array()
        #expect(bias.allSatisfy { $0 == 0 })
        let white = model.whiten(images)
        let rows = white.array()
        let count = rows.count / 24
        for a in 0..<24 {
            for b in 0...a {
                let moment = (0..<count).reduce(0.0) {
                    $0 + Double(rows[$1 * 24 + a]) * Double(rows[$1 * 24 + b])
                }
                let expected: Double = a == b ? 1 : a - b == 12 ? -1 : 0
                #expect(abs(moment / Double(count) - expected) < 0.06)
            }
        }
    }

    @Test func theDivisionIntoBatchesDoesNotMatter() throws {
        let all = try goldenImages()
        let values = all.array()
        var whole = PatchCovariance(kernel: 2, channels: 3)
        whole.add(all)
        var parts = PatchCovariance(kernel: 2, channels: 3)
        let image = 9 * 9 * 3
        for range in [0..<1, 1..<4, 4..<6] {
            parts.add(
                Tensor(
                    Array(values[range.lowerBound * image..<range.upperBound * image]),
                    shape: [range.count, 9, 9, 3]))
        }
        #expect(parts.moments == whole.moments && parts.count == whole.count)
        #expect(PatchCovariance(kernel: 2, channels: 3).moments.allSatisfy { $0 == 0 })
    }
}
