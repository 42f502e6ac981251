import Synchronization

/// One recorded operation: where its inputs came from and how to turn the gradient of its output
/// into contributions to theirs.
final class Node: Sendable {
    /// May take the output's gradient away, so that its memory is free before the pullback ends.
    typealias Pullback = @Sendable (_ outputGradient: inout Tensor, _ wants: [Bool]) -> [Tensor?]

    struct State {
        /// For each input the operation that made it; nil where no gradient is wanted.
        var parents: [Node?]
        var pullback: Pullback
        /// Computes the output again, where that is cheaper than keeping it; see `SavedTensor`.
        var remake: (@Sendable () -> Tensor)?
    }

    /// Creation order, which is a topological order.
    let number: Int
    let name: StaticString
    let recording: Recording
    /// Whether the gradient of this very value was asked for.
    let isWatched: Bool
    /// Taken once by the backward sweep, which frees what the pullback saved. Nil for leaves.
    private let state: Mutex<State?>

    init(
        number: Int, name: StaticString, recording: Recording, isWatched: Bool, state: State?
    ) {
        self.number = number
        self.name = name
        self.recording = recording
        self.isWatched = isWatched
        self.state = Mutex(state)
    }

    func takeState() -> State? {
        state.withLock { state in
            let taken = state
            state = nil
            return taken
        }
    }

    var parents: [Node?] { state.withLock { $0?.parents ?? [] } }
    var remake: (@Sendable () -> Tensor)? { state.withLock { $0?.remake } }

    // Chains of any length must not be freed by recursion.
    deinit {
        var pending = (takeState()?.parents ?? []).compactMap { $0 }
        while var node = pending.popLast() {
            if isKnownUniquelyReferenced(&node), let parents = node.takeState()?.parents {
                pending.append(contentsOf: parents.compactMap { $0 })
            }
        }
    }
}

/// The bookkeeping of one `valueWithGradients` call.
final class Recording: @unchecked Sendable {
    // Unchecked: a recording belongs to the task that opened it; pool threads never record.

    @TaskLocal static var current: Recording?

    /// The recording that this one stands in for without keeping anything; see `recomputed`.
    let rehearsed: Recording?
    /// The wanted parameters that a rehearsal has met, in this order.
    private(set) var rehearsedParameters: [Parameter] = []
    private let wanted: Set<ObjectIdentifier>
    private(set) var leaves: [ObjectIdentifier: Node] = [:]
    private var nodeCount = 0

    init(of parameters: [Parameter]) {
        wanted = Set(parameters.map(ObjectIdentifier.init))
        rehearsed = nil
    }

    init(rehearsing recording: Recording) {
        wanted = recording.wanted
        rehearsed = recording
    }

    func leaf(for parameter: Parameter) -> Node? {
        let identifier = ObjectIdentifier(parameter)
        guard wanted.contains(identifier) else { return nil }
        if rehearsed != nil {
            if !rehearsedParameters.contains(where: { $0 === parameter }) {
                rehearsedParameters.append(parameter)
            }
            return nil
        }
        if let leaf = leaves[identifier] { return leaf }
        let leaf = makeNode("parameter", state: nil)
        leaves[identifier] = leaf
        return leaf
    }

    func makeNode(_ name: StaticString, isWatched: Bool = false, state: Node.State?) -> Node {
        nodeCount += 1
        return Node(
            number: nodeCount, name: name, recording: self, isWatched: isWatched, state: state)
    }
}

/// Notes how `output` was computed, if any of `inputs` is being recorded; else returns it as it is.
///
/// `pullback` gets the gradient of the output and, for each input, whether its gradient is wanted. It
/// returns contributions, which only the engine adds up; what it captures is what the operation saves.
/// With `remake`, operations that would save the output may compute it again instead (`SavedTensor`).
func record(
    _ name: StaticString, _ output: Tensor, from inputs: [Tensor],
    remake: (@Sendable () -> Tensor)? = nil, pullback: @escaping Node.Pullback
) -> Tensor {
    guard let recording = Recording.current else { return output }
    OpTrace.current?.add(name)
    if let rehearsed = recording.rehearsed {
        guard inputs.allSatisfy({ $0.node?.recording !== rehearsed }) else {
            fatalError(
                """
                \(name): inside recomputed, a tensor from outside of it is an input, and its \
                gradient would be lost; only the argument of recomputed has one
                """)
        }
        return output
    }
    let parents = inputs.map { $0.node?.recording === recording ? $0.node : nil }
    guard parents.contains(where: { $0 != nil }) else { return output }
    var output = output
    output.node = recording.makeNode(
        name, state: Node.State(parents: parents, pullback: pullback, remake: remake))
    return output
}

/// An input that a pullback needs: kept, or where the operation that made it allows that, computed again.
struct SavedTensor: Sendable {
    private let tensor: Tensor?
    private let maker: Node?

    init(_ tensor: Tensor) {
        // The sweep takes the state of a node after that of all nodes that came later.
        maker = tensor.node?.remake == nil ? nil : tensor.node
        self.tensor = maker == nil ? tensor.detached() : nil
    }

    /// The values. Only in the pullback; its memory lives as long as the tensor, no longer.
    var value: Tensor {
        if let tensor { return tensor }
        guard let remake = maker?.remake else {
            fatalError("SavedTensor: the operation that would make it again is gone")
        }
        return remake()
    }
}

extension Tensor {
    /// The same values, with their gradient asked for: `gradients[tensor]` after the recording.
    ///
    /// Works for inputs and for intermediate activations; use the returned tensor from here on.
    public func watched() -> Tensor {
        guard let recording = Recording.current else {
            fatalError("watched: nothing is recorded here; call it inside valueWithGradients")
        }
        guard recording.rehearsed == nil else {
            fatalError("watched: recomputed keeps no values; watch its argument or its result")
        }
        var watched = detached()
        let parent = node?.recording === recording ? node : nil
        let state = parent.map { parent in
            Node.State(parents: [parent], pullback: { gradient, _ in [gradient] })
        }
        watched.node = recording.makeNode("watched", isWatched: true, state: state)
        return watched
    }
}

/// The gradients of one recorded value.
public struct Gradients: Sendable {
    var byLeaf: [ObjectIdentifier: Tensor] = [:]
    var byParameter: [ObjectIdentifier: Tensor] = [:]

    /// The gradient with respect to `parameter`; nil where the value does not depend on it.
    public subscript(parameter: Parameter) -> Tensor? {
        get { byParameter[ObjectIdentifier(parameter)] }
        set { byParameter[ObjectIdentifier(parameter)] = newValue }
    }

    /// The gradient with respect to a tensor that `watched()` returned.
    public subscript(watched: Tensor) -> Tensor? {
        watched.node.flatMap { byLeaf[ObjectIdentifier($0)] }
    }
}

/// Runs `body` and differentiates the scalar that it returns.
///
///     let (loss, gradients) = valueWithGradients(of: model.parameters) {
///         crossEntropy(model(images, .training(randomness)), labels: labels)
///     }
///
/// - Parameters:
///   - parameters: The parameters whose gradients are wanted. No others are computed.
///   - body: The computation; values marked with `watched()` get gradients too.
/// - Returns: The value, and the gradients.
public func valueWithGradients(
    of parameters: [Parameter] = [], _ body: () throws -> Tensor
) rethrows -> (value: Tensor, gradients: Gradients) {
    let recording = Recording(of: parameters)
    let value = try Recording.$current.withValue(recording) { try body() }
    guard value.count == 1 else {
        fatalError("valueWithGradients: the value has shape \(value.shape); it must be one number")
    }
    let one = value.backend.make(value.shape, value.elementType) {
        $0.fill(1, count: 1, into: $1)
    }
    return (value.detached(), sweep(from: value.node, seed: one, recording))
}

/// Runs `body` and pulls the cotangent `outputGradient` of its result back: the gradients of
/// Σ result · outputGradient. Each gradient has the element type of what it is the gradient of.
public func valueWithGradients(
    of parameters: [Parameter] = [], outputGradient: Tensor, _ body: () throws -> Tensor
) rethrows -> (value: Tensor, gradients: Gradients) {
    let recording = Recording(of: parameters)
    let value = try Recording.$current.withValue(recording) { try body() }
    guard value.shape == outputGradient.shape else {
        fatalError(
            "valueWithGradients: value \(value.shape), but its gradient \(outputGradient.shape)")
    }
    let seed = outputGradient.detached().copied(as: value.elementType)
    return (value.detached(), sweep(from: value.node, seed: seed, recording))
}

/// Collects the names of the operations that run inside a recording; how tests see which are used.
package final class OpTrace: Sendable {
    @TaskLocal package static var current: OpTrace?

    private let state = Mutex<Set<String>>([])

    package init() {}

    /// The names so far.
    package var names: Set<String> { state.withLock { $0 } }

    func add(_ name: StaticString) { state.withLock { _ = $0.insert("\(name)") } }
}
