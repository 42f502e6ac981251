/// Takes the mean of each channel of each image.
///
///     y[n, c] = 1/(H·W) · Σ_{i,j} x[n, i, j, c]        dx = dy / (H·W)
///
/// - Parameter x: `[N, H, W, C]`.
/// - Returns: `[N, C]`, in `float32` for the classifier that follows. Saves nothing.
public func globalAveragePool(_ x: Tensor) -> Tensor {
    checkRank(x, 4, "globalAveragePool", "[N, H, W, C]")
    return adaptiveAvgPool2d(
        "globalAveragePool", x.inFloat32, outputSize: 1, shape: [x.shape[0], x.shape[3]])
}
