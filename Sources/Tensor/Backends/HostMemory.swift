// For backends whose memory is the host's own.
extension DeviceMemory {
    var raw: UnsafeMutableRawPointer { UnsafeMutableRawPointer(bitPattern: address)! }
    var floats: UnsafeMutablePointer<Float> { raw.assumingMemoryBound(to: Float.self) }
    var integers: UnsafeMutablePointer<Int32> { raw.assumingMemoryBound(to: Int32.self) }
}
