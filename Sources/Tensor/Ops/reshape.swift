extension Tensor {
    /// The same elements, in the same order, under another shape. Copies nothing.
    ///
    ///     dx = dy in x's shape
    ///
    /// - Parameter shape: A shape of equal count.
    public func reshaped(to shape: Shape) -> Tensor {
        check(
            shape.count == count,
            "reshape: \(self.shape) has \(count) elements, \(shape) has \(shape.count)")
        let y = Tensor(shape: shape, storage: storage)
        return record("reshape", y, from: [self]) { [original = self.shape] dy, _ in
            [Tensor(shape: original, storage: dy.storage)]
        }
    }
}
