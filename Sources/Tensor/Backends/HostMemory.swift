// For backends whose memory is the host's own.
extension DeviceMemory {
    var raw: UnsafeMutableRawPointer { UnsafeMutableRawPointer(bitPattern: address)! }
    /// The elements as Float, which they must be.
    var floats: UnsafeMutablePointer<Float> {
        guard elementType == .float32 else {
            fatalError("a kernel for float32 was given \(elementType)")
        }
        return raw.assumingMemoryBound(to: Float.self)
    }
    var integers: UnsafeMutablePointer<Int32> { raw.assumingMemoryBound(to: Int32.self) }
}
