/// Joins tensors along an axis.
///
///     y = [x₀ | x₁ | …]        dxᵢ = its part of dy
///
/// - Parameters:
///   - tensors: At least one; their shapes agree on all other axes.
///   - axis: The axis along which they follow one another; negative axes count from the end.
/// - Returns: A tensor whose extent along `axis` is the sum of theirs. Saves nothing.
public func concatenate(_ tensors: [Tensor], axis: Int) -> Tensor {
    guard let elementType = tensors.first?.elementType else {
        fatalError("concatenate: no tensors were given")
    }
    let areAlike = tensors.allSatisfy { $0.elementType == elementType }
    let tensors = areAlike ? tensors : tensors.map(\.inFloat32)
    let first = tensors[0]
    let axis = first.shape.normalized(axis: axis, operation: "concatenate")
    let shapes = tensors.map(\.shape)
    for shape in shapes {
        var dimensions = shape.dimensions
        if axis < dimensions.count { dimensions[axis] = first.shape[axis] }
        check(
            dimensions == first.shape.dimensions,
            "concatenate: \(first.shape) and \(shape) differ on another axis than \(axis)")
    }
    var dimensions = first.shape.dimensions
    dimensions[axis] = shapes.reduce(0) { $0 + $1[axis] }
    let total = Shape(dimensions)
    let places = partsAlongAxis(axis, of: total, extents: shapes.map { $0[axis] })
    let y = first.backend.make(total, first.elementType) { backend, memory in
        for (tensor, place) in zip(tensors, places) {
            backend.copyBlocks(tensor.memory, place.scattering, into: memory)
        }
    }
    return record("concatenate", y, from: tensors) { dy, wants in
        zip(shapes.indices, wants).map { index, isWanted in
            guard isWanted else { return nil }
            return dy.backend.make(shapes[index], dy.elementType) {
                $0.copyBlocks(dy.memory, places[index].gathering, into: $1)
            }
        }
    }
}

/// Where a part of a tensor lies in the whole.
private struct Part {
    let blockCount: Int
    let blockLength: Int
    let offset: Int
    let stride: Int

    /// From the part to the whole.
    var scattering: BlockCopyGeometry {
        BlockCopyGeometry(
            blockCount: blockCount, blockLength: blockLength, sourceOffset: 0,
            sourceStride: blockLength, destinationOffset: offset, destinationStride: stride)
    }

    /// From the whole to the part.
    var gathering: BlockCopyGeometry {
        BlockCopyGeometry(
            blockCount: blockCount, blockLength: blockLength, sourceOffset: offset,
            sourceStride: stride, destinationOffset: 0, destinationStride: blockLength)
    }
}

private func partsAlongAxis(_ axis: Int, of whole: Shape, extents: [Int]) -> [Part] {
    let outer = whole.dimensions.prefix(axis).reduce(1, *)
    let inner = whole.dimensions.dropFirst(axis + 1).reduce(1, *)
    var start = 0
    return extents.map { extent in
        defer { start += extent }
        return Part(
            blockCount: outer, blockLength: extent * inner, offset: start * inner,
            stride: whole[axis] * inner)
    }
}
