import Tensor

/// The types of numbers that weight files may hold and that this library reads.
///
/// The raw value is the name in a safetensors header.
public enum StoredType: String, Sendable, CaseIterable {
    /// One byte, 0 or 1.
    case bool = "BOOL"
    /// An unsigned byte.
    case u8 = "U8"
    /// A signed byte.
    case i8 = "I8"
    /// A signed 16-bit integer.
    case i16 = "I16"
    /// IEEE half precision.
    case f16 = "F16"
    /// The upper half of a Float32.
    case bf16 = "BF16"
    /// A signed 32-bit integer.
    case i32 = "I32"
    /// IEEE single precision.
    case f32 = "F32"
    /// IEEE double precision.
    case f64 = "F64"
    /// A signed 64-bit integer.
    case i64 = "I64"

    /// The bytes of one element.
    public var byteCount: Int {
        switch self {
        case .bool, .u8, .i8: 1
        case .i16, .f16, .bf16: 2
        case .i32, .f32: 4
        case .f64, .i64: 8
        }
    }

    /// Whether the elements are whole numbers.
    public var isInteger: Bool {
        switch self {
        case .f16, .bf16, .f32, .f64: false
        default: true
        }
    }

    /// The elements of little-endian `bytes` as Float32, rounded to nearest where they do not fit.
    func floats(of bytes: UnsafeRawBufferPointer) -> [Float] {
        switch self {
        case .bool, .u8: bytes.map { Float($0) }
        case .i8: map(bytes) { (x: Int8) in Float(x) }
        case .i16: map(bytes) { (x: Int16) in Float(Int16(littleEndian: x)) }
        case .i32: map(bytes) { (x: Int32) in Float(Int32(littleEndian: x)) }
        case .i64: map(bytes) { (x: Int64) in Float(Int64(littleEndian: x)) }
        case .f16: map(bytes) { (x: UInt16) in halfPrecision(UInt16(littleEndian: x)) }
        case .bf16:
            map(bytes) { (x: UInt16) in
                BFloat16(bitPattern: UInt16(littleEndian: x)).float
            }
        case .f32: map(bytes) { (x: UInt32) in Float(bitPattern: UInt32(littleEndian: x)) }
        case .f64: map(bytes) { (x: UInt64) in Float(Double(bitPattern: UInt64(littleEndian: x))) }
        }
    }

    /// The elements of little-endian `bytes` as integers; nil for types with fractions.
    func integers(of bytes: UnsafeRawBufferPointer) -> [Int64]? {
        switch self {
        case .bool, .u8: bytes.map { Int64($0) }
        case .i8: map(bytes) { (x: Int8) in Int64(x) }
        case .i16: map(bytes) { (x: Int16) in Int64(Int16(littleEndian: x)) }
        case .i32: map(bytes) { (x: Int32) in Int64(Int32(littleEndian: x)) }
        case .i64: map(bytes) { (x: Int64) in Int64(littleEndian: x) }
        case .f16, .bf16, .f32, .f64: nil
        }
    }

    private func map<Stored: BitwiseCopyable, Result>(
        _ bytes: UnsafeRawBufferPointer, _ convert: (Stored) -> Result
    ) -> [Result] {
        let size = MemoryLayout<Stored>.size
        return (0..<bytes.count / size).map {
            convert(bytes.loadUnaligned(fromByteOffset: $0 * size, as: Stored.self))
        }
    }
}

/// The value of an IEEE half-precision number.
private func halfPrecision(_ bits: UInt16) -> Float {
    let sign = UInt32(bits >> 15) << 31
    let exponent = UInt32(bits >> 10) & 0x1F
    let fraction = UInt32(bits) & 0x3FF
    switch exponent {
    case 0:  // Zero and subnormal numbers: fraction · 2⁻²⁴, exact in Float.
        let magnitude = Float(fraction) * 0x1p-24
        return sign == 0 ? magnitude : -magnitude
    case 31: return Float(bitPattern: sign | 0x7F80_0000 | fraction << 13)
    default: return Float(bitPattern: sign | (exponent + 112) << 23 | fraction << 13)
    }
}
