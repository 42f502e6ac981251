import Tensor

/// The filters and biases of a plan, folded and in the form in which its backend reads them.
///
/// They depend on the size of the images but not on their number, so plans for different batches
/// share one object. Freed with the last of them.
final class PlanConstants {
    /// What one convolution reads.
    struct Entry {
        let filter: DeviceMemory
        let bias: DeviceMemory?
    }

    /// In the order of the convolutions.
    let entries: [Entry]
    /// The size of everything in bytes.
    var byteCount: Int { memory.byteCount }

    private let memory: DeviceMemory
    private let backend: any Backend

    /// Folds and prepares the filters of `convolutions`.
    init(_ convolutions: [PlanConvolution], on backend: any Backend) {
        self.backend = backend
        var requests: [Int] = []
        for convolution in convolutions {
            requests.append(backend.preparedFilterByteCount(convolution.geometry))
            requests.append(convolution.hasOffset ? convolution.geometry.outputChannels * 4 : 0)
        }
        var offsets: [Int] = []
        var end = 0
        for request in requests {
            offsets.append(end)
            end +=
                (request + BufferLayout.alignment - 1) / BufferLayout.alignment
                * BufferLayout.alignment
        }
        let memory = backend.allocate(byteCount: max(end, BufferLayout.alignment))
        self.memory = memory
        entries = convolutions.indices.map { index in
            let bias = memory.slice(at: offsets[2 * index + 1], byteCount: requests[2 * index + 1])
            return Entry(
                filter: memory.slice(at: offsets[2 * index], byteCount: requests[2 * index]),
                bias: convolutions[index].hasOffset ? bias : nil)
        }
        let largest = convolutions.map { $0.filter.count * 4 }.max() ?? 0
        let plain = backend.allocate(byteCount: max(largest, 4))
        for (convolution, entry) in zip(convolutions, entries) {
            let filter = plain.slice(at: 0, byteCount: convolution.filter.count * 4)
            convolution.foldedFilter.withUnsafeBytes { backend.upload($0, to: filter) }
            backend.prepareFilter(filter, convolution.geometry, into: entry.filter)
            if let bias = entry.bias {
                convolution.foldedBias.withUnsafeBytes { backend.upload($0, to: bias) }
            }
        }
        backend.synchronize()
        backend.release(plain)
    }

    deinit { backend.release(memory) }
}

extension PlanConvolution {
    /// Whether there is anything to add to the products.
    fileprivate var hasOffset: Bool { bias != nil || affine != nil }

    /// w · factor, rounded once.
    fileprivate var foldedFilter: [Float] {
        var values = filter.array()
        guard let factors = affine?.factors else { return values }
        values.withUnsafeMutableBufferPointer { values in
            factors.withUnsafeBufferPointer { factors in
                for row in stride(from: 0, to: values.count, by: factors.count) {
                    for channel in factors.indices {
                        values[row + channel] = Float(
                            Double(values[row + channel]) * factors[channel])
                    }
                }
            }
        }
        return values
    }

    /// b · factor + offset, rounded once.
    fileprivate var foldedBias: [Float] {
        let bias = bias?.array() ?? [Float](repeating: 0, count: geometry.outputChannels)
        guard let affine else { return bias }
        return bias.indices.map {
            Float(Double(bias[$0]) * affine.factors[$0] + affine.offsets[$0])
        }
    }
}

extension DeviceMemory {
    /// A part of the block. A device's addresses count bytes, as a host's do.
    func slice(at offset: Int, byteCount: Int) -> DeviceMemory {
        DeviceMemory(address: address + UInt(offset), byteCount: byteCount)
    }
}
