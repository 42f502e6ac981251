import Tensor

/// One named array of a weight file or a model's state, in the layout of weight files.
///
/// Values are made when they are asked for: an entry of a model shares the model's memory (and
/// keeps its values when the model goes on training), an entry of a file reads the file.
public struct StateEntry: Sendable {
    enum Content: Sendable {
        case parameter(Tensor, ParameterRole)
        case integers([Int64])
        case bytes([UInt8])
        case stored(SafetensorsFile, SafetensorsFile.Entry)
    }

    /// The extents, outermost first; empty for a scalar.
    public let shape: [Int]
    /// The type of the elements in a weight file.
    public let elementType: StoredType

    let content: Content

    init(shape: [Int], elementType: StoredType, content: Content) {
        self.shape = shape
        self.elementType = elementType
        self.content = content
    }

    /// An entry of Float32 numbers, with the tensor's own shape.
    public init(_ tensor: Tensor) {
        self.init(
            shape: tensor.shape.dimensions, elementType: .f32,
            content: .parameter(tensor.detached(), .vector))
    }

    /// An entry with the values of a parameter, in the layout of weight files.
    public init(_ parameter: Parameter) {
        self.init(
            shape: parameter.role.borderShape(of: parameter.value.shape), elementType: .f32,
            content: .parameter(parameter.value, parameter.role))
    }

    /// A scalar entry of Int64.
    public init(_ integer: Int) {
        self.init(shape: [], elementType: .i64, content: .integers([Int64(integer)]))
    }

    /// An entry of Int64 numbers with one axis.
    public init(_ integers: [Int64]) {
        self.init(shape: [integers.count], elementType: .i64, content: .integers(integers))
    }

    /// An entry of raw bytes with one axis.
    public init(bytes: [UInt8]) {
        self.init(shape: [bytes.count], elementType: .u8, content: .bytes(bytes))
    }

    /// The number of elements.
    public var count: Int { shape.reduce(1, *) }

    /// The elements as Float32, in the layout of weight files. Numbers of other types are
    /// converted.
    ///
    /// - Throws: `SafetensorsError` when a file cannot be read any more.
    public func floats() throws(SafetensorsError) -> [Float] {
        switch content {
        case .parameter(let tensor, let role):
            role.borderValues(of: tensor.array(), shape: tensor.shape)
        case .integers(let integers): integers.map { Float($0) }
        case .bytes(let bytes): bytes.map { Float($0) }
        case .stored(let file, let entry): try file.floats(entry)
        }
    }

    /// The elements as integers, if they are of an integer type.
    ///
    /// - Throws: `SafetensorsError` for other types, or when a file cannot be read any more.
    public func integers() throws(SafetensorsError) -> [Int64] {
        switch content {
        case .integers(let integers): integers
        case .bytes(let bytes): bytes.map { Int64($0) }
        case .stored(let file, let entry): try file.integers(entry)
        case .parameter:
            throw SafetensorsError(
                path: "state", message: "an entry of type F32 was read as integers")
        }
    }

    /// The elements as they lie in a weight file: little-endian, row-major.
    ///
    /// - Throws: `SafetensorsError` when a file cannot be read any more.
    public func bytes() throws(SafetensorsError) -> [UInt8] {
        switch content {
        case .parameter: try floats().withUnsafeBytes { Array($0) }
        case .integers(let integers): integers.withUnsafeBytes { Array($0) }
        case .bytes(let bytes): bytes
        case .stored(let file, let entry): try file.bytes(entry)
        }
    }

    /// A tensor of `shape` with the elements in the order here.
    func tensor(_ shape: Shape, role: ParameterRole) throws(SafetensorsError) -> Tensor {
        Tensor(role.values(fromBorder: try floats(), shape: shape), shape: shape)
    }
}

/// State that does not fit a model: every problem at once.
public struct StateDictError: Error, Equatable, CustomStringConvertible {
    /// An entry whose shape differs.
    public struct Misfit: Error, Equatable, Sendable {
        /// The key.
        public let key: String
        /// The shape the model has, in the layout of weight files.
        public let expected: [Int]
        /// The shape that came.
        public let found: [Int]
    }

    /// Where the state came from, such as a path.
    public let source: String
    /// Keys that the model has and the state lacks.
    public let missing: [String]
    /// Keys that the state has and the model lacks.
    public let unexpected: [String]
    /// Keys whose shapes differ.
    public let misshaped: [Misfit]
    /// Keys that came more than once.
    public let repeated: [String]

    /// `weights.safetensors: does not fit the model: 2 missing keys (…), …`.
    public var description: String {
        var parts: [String] = []
        func list(_ keys: [String], _ kind: String) {
            guard !keys.isEmpty else { return }
            let noun = keys.count == 1 ? "key" : "keys"
            parts.append("\(keys.count) \(kind) \(noun) (\(keys.joined(separator: ", ")))")
        }
        list(missing, "missing")
        list(unexpected, "unexpected")
        list(misshaped.map { "\($0.key) expects \($0.expected), found \($0.found)" }, "misshaped")
        list(repeated, "repeated")
        return "\(source): does not fit the model: \(parts.joined(separator: "; "))"
    }
}
