import Tensor

/// The second moments of all patches of some images, from which whitening filters follow.
///
///     moments = Σ p pᵀ / count        over the patches p of R·S·C values, the mean not taken off
///
/// All sums are in Double and in the order of the images, so the result depends on nothing else.
public struct PatchCovariance {
    /// The size of a patch, R × S.
    public let kernel: Spatial
    /// The number of channels, C.
    public let channels: Int
    /// The patches seen.
    public private(set) var count = 0

    /// Σ p pᵀ; only what is on and above the diagonal is kept.
    private var sums: [Double]

    /// The number of values in a patch.
    private var size: Int { kernel.height * kernel.width * channels }

    /// Starts without patches.
    public init(kernel: Spatial, channels: Int) {
        self.kernel = kernel
        self.channels = channels
        let size = kernel.height * kernel.width * channels
        sums = [Double](repeating: 0, count: size * size)
    }

    /// Adds every patch of `images`, `[N, H, W, C]`.
    public mutating func add(_ images: Tensor) {
        let shape = images.shape
        guard shape.rank == 4, shape[3] == channels else {
            fatalError("PatchCovariance: images \(shape) are not [N, H, W, \(channels)]")
        }
        let (height, width) = (shape[1], shape[2])
        guard height >= kernel.height, width >= kernel.width else { return }
        let (size, rowLength) = (size, kernel.width * channels)
        let pixels = images.array()
        var patch = [Double](repeating: 0, count: size)
        for n in 0..<shape[0] {
            for y in 0...(height - kernel.height) {
                for x in 0...(width - kernel.width) {
                    for row in 0..<kernel.height {
                        // A row of a patch is contiguous in the image.
                        let start = ((n * height + y + row) * width + x) * channels
                        for element in 0..<rowLength {
                            patch[row * rowLength + element] = Double(pixels[start + element])
                        }
                    }
                    accumulate(patch, size)
                    count += 1
                }
            }
        }
    }

    private mutating func accumulate(_ patch: [Double], _ size: Int) {
        sums.withUnsafeMutableBufferPointer { sums in
            patch.withUnsafeBufferPointer { patch in
                for i in 0..<size {
                    let factor = patch[i]
                    for j in i..<size { sums[i * size + j] += factor * patch[j] }
                }
            }
        }
    }

    /// The moments, `[R·S·C, R·S·C]`, row-major; a patch's values are in the order row, column,
    /// channel. Zeros without patches.
    public var moments: [Double] {
        var result = sums
        for i in 0..<size {
            for j in 0..<size {
                result[i * size + j] = sums[min(i, j) * size + max(i, j)] / Double(max(count, 1))
            }
        }
        return result
    }

    /// Filters `[R, S, C, 2·R·S·C]` that turn patches into uncorrelated numbers of variance one:
    /// the eigenvectors of the moments over √(eigenvalue + ε), the largest eigenvalue first, then
    /// their negatives. An eigenvector's sign makes its element of largest magnitude positive.
    public func whiteningFilters(epsilon: Double) -> [Float] {
        let decomposition = symmetricEigen(moments, size: size)
        var filters = [Float](repeating: 0, count: 2 * size * size)
        for (place, vector) in decomposition.vectors.enumerated() {
            let peak = vector.max { abs($0) < abs($1) } ?? 1
            let length = max(decomposition.values[place], 0) + epsilon
            let factor = (peak < 0 ? -1 : 1) / length.squareRoot()
            for (element, value) in vector.enumerated() {
                let row = element * 2 * size
                filters[row + place] = Float(factor * value)
                filters[row + size + place] = -Float(factor * value)
            }
        }
        return filters
    }
}
