import Tensor
import Testing

/// What comes out for an image must not depend on the images beside it, or a served probability
/// would change with the traffic.
@Suite struct BatchIndependenceTests {
    private func normals(_ shape: Shape, _ index: Int) -> Tensor {
        var random = RandomStream(seed: 71, purpose: .synthesis, index: index)
        return Tensor((0..<shape.count).map { _ in random.normal() }, shape: shape)
    }

    /// Expects each of the rows of `body(x)` to be what `body` makes of that row alone.
    private func expectRowsAlone(_ x: Tensor, _ name: String, _ body: (Tensor) -> Tensor) {
        let together = body(x)
        for row in 0..<x.shape[0] {
            let alone = body(slice(x, rows: row..<row + 1))
            #expect(
                slice(together, rows: row..<row + 1).array() == alone.array(), "\(name), row \(row)"
            )
        }
    }

    @Test(arguments: [
        (3, 64, 32, 1), (3, 512, 512, 1), (3, 17, 33, 2), (1, 64, 128, 2), (7, 3, 64, 2),
    ])
    func convolution(kernel: Int, inputs: Int, outputs: Int, stride: Int) {
        let weight = normals([kernel, kernel, inputs, outputs], 1)
        expectRowsAlone(normals([5, 7, 9, inputs], 0), "conv2d \(weight.shape)") {
            conv2d($0, weight, stride: Spatial(stride), padding: Spatial(kernel / 2))
        }
    }

    @Test(arguments: [(256, 10), (2048, 1000), (37, 5)])
    func matrixProduct(inputs: Int, outputs: Int) {
        let (weight, bias) = (normals([inputs, outputs], 2), normals([outputs], 3))
        expectRowsAlone(normals([33, inputs], 4), "linear \(weight.shape)") {
            softmax(linear($0, weight, bias))
        }
    }
}
