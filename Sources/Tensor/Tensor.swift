/// An array of `Float` with a shape: a value, as `Array` is one.
///
/// Elements are contiguous and row-major; in memory they may be kept as bfloat16 (`elementType`). Copies share memory until one of them changes. Images are
/// `[N, H, W, C]` everywhere (batch, height, width, channels), filters `[kH, kW, I, O]`.
///
/// Operations are free functions and operators on tensors; inside `valueWithGradients` they are
/// recorded, and a tensor then also carries its place in the recording.
public struct Tensor: Sendable {
    /// The extents along the axes.
    public let shape: Shape

    var storage: Storage
    var node: Node?

    init(shape: Shape, storage: Storage, node: Node? = nil) {
        self.shape = shape
        self.storage = storage
        self.node = node
    }

    /// The number of elements.
    public var count: Int { shape.count }

    /// How the elements are kept in memory. Tensors are made as `float32`; `converted(to:)` gives
    /// others, and operations on images keep the type that they find.
    public var elementType: ElementType { storage.memory.elementType }

    /// The device that holds the elements and computes with them.
    public var backend: any Backend { storage.backend }

    var memory: DeviceMemory { storage.memory }
}

extension Tensor {
    /// Creates a tensor from its elements in row-major order, on the current backend.
    public init(_ values: [Float], shape: Shape) {
        guard values.count == shape.count else {
            fatalError("Tensor: \(values.count) values do not fill shape \(shape)")
        }
        let backend = Backends.current
        storage = Storage(backend: backend, count: values.count)
        self.shape = shape
        values.withUnsafeBytes { backend.upload($0, to: storage.memory) }
    }

    /// Creates a tensor whose elements all are `value`.
    public init(repeating value: Float, shape: Shape) {
        self = Backends.current.make(shape) { $0.fill(value, count: shape.count, into: $1) }
    }

    /// Creates a scalar.
    public init(_ value: Float) { self.init([value], shape: []) }

    /// A tensor of zeros.
    public static func zeros(_ shape: Shape) -> Tensor { Tensor(repeating: 0, shape: shape) }

    /// A tensor of ones.
    public static func ones(_ shape: Shape) -> Tensor { Tensor(repeating: 1, shape: shape) }

    /// The elements in row-major order. Waits for the device.
    public func array() -> [Float] {
        if elementType != .float32 { return copied(as: .float32).array() }
        return [Float](unsafeUninitializedCapacity: count) { buffer, initialized in
            backend.download(memory, to: UnsafeMutableRawBufferPointer(buffer))
            initialized = count
        }
    }

    /// The only element. Waits for the device.
    public func scalar() -> Float {
        guard count == 1 else { fatalError("scalar: a tensor of shape \(shape) is not one number") }
        return array()[0]
    }

    /// The same values outside of any recording: no gradient flows through.
    public func detached() -> Tensor { Tensor(shape: shape, storage: storage) }

    /// Calls `body` with the tensor's memory for writing; memory shared with other tensors is copied
    /// first, so that they keep their values. The result is outside of any recording.
    mutating func withUniqueMemory(_ body: (any Backend, DeviceMemory) -> Void) {
        if !isKnownUniquelyReferenced(&storage) {
            let copy = Storage(backend: backend, count: count, elementType)
            backend.copy(memory, into: copy.memory)
            storage = copy
        }
        node = nil
        body(storage.backend, storage.memory)
    }

    /// Replaces the elements in place. The count must not change.
    public mutating func assign(_ values: [Float]) {
        guard values.count == count else {
            fatalError("assign: \(values.count) values do not fill shape \(shape)")
        }
        if elementType != .float32 {
            self = backend.make(shape) { backend, memory in
                values.withUnsafeBytes { backend.upload($0, to: memory) }
            }.copied(as: elementType)
            return
        }
        withUniqueMemory { backend, memory in
            values.withUnsafeBytes { backend.upload($0, to: memory) }
        }
    }
}

extension Backend {
    /// A new tensor of `shape` that `body` fills completely.
    func make(
        _ shape: Shape, _ elementType: ElementType = .float32,
        _ body: (any Backend, DeviceMemory) -> Void
    ) -> Tensor {
        let storage = Storage(backend: self, count: shape.count, elementType)
        body(self, storage.memory)
        return Tensor(shape: shape, storage: storage)
    }
}
