/// Owns one block of device memory and gives it back when the last tensor that shares it is gone.
///
/// Unchecked, by the argument that makes `Array` Sendable: the block is written only while it is
/// being filled or while exactly one tensor refers to it (`Tensor.withUniqueMemory`).
final class Storage: @unchecked Sendable {
    let backend: any Backend
    let memory: DeviceMemory

    /// Memory for `count` elements.
    init(backend: any Backend, count: Int, _ elementType: ElementType = .float32) {
        self.backend = backend
        memory = backend.allocate(byteCount: count * elementType.byteCount).holding(elementType)
    }

    deinit { backend.release(memory) }
}

/// Device memory for 32-bit integers: labels, positions of maxima, rows to gather.
struct IntegerStorage: Sendable {
    private let storage: Storage
    let count: Int

    init(backend: any Backend, count: Int) {
        storage = Storage(backend: backend, count: count)
        self.count = count
    }

    init(_ values: [Int32], backend: any Backend) {
        self.init(backend: backend, count: values.count)
        values.withUnsafeBytes { backend.upload($0, to: storage.memory) }
    }

    var memory: DeviceMemory { storage.memory }

    func array() -> [Int32] {
        [Int32](unsafeUninitializedCapacity: count) { buffer, initialized in
            storage.backend.download(storage.memory, to: UnsafeMutableRawBufferPointer(buffer))
            initialized = count
        }
    }
}
