import Synchronization

/// Decoded samples kept in memory up to a number of bytes, first come first kept: with every sample
/// visited once an epoch, no other rule keeps more.
final class SampleCache<Value: Sendable>: Sendable {
    private struct State {
        var values: [Int: Value] = [:]
        var bytes = 0
    }

    private let capacity: Int
    private let state = Mutex(State())

    init(capacity: Int) { self.capacity = capacity }

    /// Sample `index`, from memory or made by `make`; `size` says how many bytes it takes.
    func value(
        _ index: Int, size: (Value) -> Int, make: () throws(ImageError) -> Value
    ) throws(ImageError) -> Value {
        guard capacity > 0 else { return try make() }
        if let value = state.withLock({ $0.values[index] }) { return value }
        let value = try make()
        state.withLock { state in
            guard state.values[index] == nil, state.bytes + size(value) <= capacity else { return }
            state.values[index] = value
            state.bytes += size(value)
        }
        return value
    }
}
