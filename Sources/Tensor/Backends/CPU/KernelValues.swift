import Kernels

// What kernels of either element type take: an address and a type, stepped through by elements.
extension residual_values {
    /// No elements, for what a kernel may do without.
    static var none: residual_values {
        residual_values(data: nil, element: RESIDUAL_FLOAT32)
    }

    /// Elements of a kernel's own, which are Float32.
    init(_ floats: UnsafePointer<Float>) {
        self.init(data: UnsafeMutableRawPointer(mutating: floats), element: RESIDUAL_FLOAT32)
    }

    /// The elements from `count` on. None stay none.
    static func + (values: residual_values, count: Int) -> residual_values {
        let size = values.element == RESIDUAL_BFLOAT16 ? 2 : 4
        return residual_values(
            data: values.data.map { $0 + count * size }, element: values.element)
    }
}

extension DeviceMemory {
    /// The elements, of either type.
    var values: residual_values {
        switch elementType {
        case .float32: residual_values(data: raw, element: RESIDUAL_FLOAT32)
        case .bfloat16: residual_values(data: raw, element: RESIDUAL_BFLOAT16)
        }
    }
}

extension DeviceMemory? {
    /// The elements, of either type, or none.
    var values: residual_values { map(\.values) ?? .none }
}

/// Stops the program where blocks that a kernel takes together are not of one type.
func checkTypes(_ operation: StaticString, _ first: DeviceMemory, _ others: DeviceMemory?...) {
    for case let other? in others where other.elementType != first.elementType {
        fatalError(
            "\(operation): \(first.elementType) and \(other.elementType) elements in one operation")
    }
}
