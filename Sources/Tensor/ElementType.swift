/// How the elements of a tensor are kept in memory. Arithmetic is in `Float` either way.
public enum ElementType: String, Sendable, Hashable, CaseIterable {
    /// `Float`: parameters, statistics, losses, and everything else that is not said to be otherwise.
    case float32
    /// The upper half of a `Float`, for activations and their gradients: the same range with 8 bits of
    /// precision, in half the memory.
    case bfloat16

    /// The bytes of one element.
    public var byteCount: Int {
        switch self {
        case .float32: 4
        case .bfloat16: 2
        }
    }
}

/// A number of 8 bits of precision and `Float`'s range: a `Float`'s sign, exponent and the upper 7 bits
/// of its fraction.
package struct BFloat16: Sendable, Hashable, BitwiseCopyable {
    /// The upper half of the `Float`'s bits.
    package let bitPattern: UInt16

    /// The number with these bits.
    package init(bitPattern: UInt16) { self.bitPattern = bitPattern }

    /// The nearest number, of two the one whose last bit is 0. NaN stays NaN, with its quiet bit set.
    package init(_ value: Float) {
        let bits = value.bitPattern
        if value.isNaN {
            bitPattern = UInt16(bits >> 16) | 0x40
        } else {
            bitPattern = UInt16((bits + 0x7FFF + (bits >> 16 & 1)) >> 16)
        }
    }

    /// The same number.
    package var float: Float { Float(bitPattern: UInt32(bitPattern) << 16) }
}
