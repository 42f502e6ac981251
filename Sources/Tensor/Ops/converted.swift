extension Tensor {
    /// The same numbers kept in another type: exact to `float32`, to nearest to `bfloat16`.
    ///
    ///     y = x        dx = dy in x's type
    ///
    /// - Parameter elementType: The result's type. A tensor of this type is returned as it is.
    /// - Returns: A tensor of the same shape. Saves nothing.
    public func converted(to elementType: ElementType) -> Tensor {
        if self.elementType == elementType { return self }
        return record("converted", copied(as: elementType), from: [self]) {
            [original = self.elementType] dy, _ in [dy.copied(as: original)]
        }
    }

    /// What an operation without kernels for bfloat16 computes with: the tensor in `float32`, whose
    /// gradient goes back in the tensor's own type.
    var inFloat32: Tensor { converted(to: .float32) }

    /// `converted(to:)` without recording.
    func copied(as elementType: ElementType) -> Tensor {
        if self.elementType == elementType { return self }
        return backend.make(shape, elementType) { $0.convert(memory, count: count, into: $1) }
    }
}
