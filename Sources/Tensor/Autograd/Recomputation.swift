/// What is known about a forward pass that is run a second time.
public enum Recomputation {
    @TaskLocal static var isRunning = false

    /// Whether what runs now has run before and runs again only for its gradients. What a forward
    /// pass changes besides its result, such as running statistics, must not be changed again.
    public static var isUnderway: Bool { isRunning }
}

/// Runs `body` and keeps nothing of it for the gradients but `x`: the backward sweep runs `body` again
/// when it gets there (Chen et al. 2016, "Training deep nets with sublinear memory cost").
///
///     y = body(x)        dx and the parameters' gradients: those of body, computed from x anew
///
/// The memory of the values inside is exchanged for the time of one more forward pass. The gradients
/// have the same bits as without, where `x` and the parameters inside are used nowhere else. Outside of
/// recordings this is `body(x)`. Calls can be nested.
///
/// - Parameters:
///   - x: The input.
///   - body: The computation: gradients flow to its argument and to the parameters that it uses, while
///     a recorded tensor of outside is a programmer's error. It must give the same result when it runs
///     again; see `Recomputation.isUnderway`.
/// - Returns: The result of `body`. Saves x.
public func recomputed(_ x: Tensor, _ body: @escaping (Tensor) -> Tensor) -> Tensor {
    // Inside of another call's first run nothing is kept anyway.
    guard let recording = Recording.current, recording.rehearsed == nil else { return body(x) }
    let rehearsal = Recording(rehearsing: recording)
    let y = Recording.$current.withValue(rehearsal) { body(x.detached()) }
    let replay = Replay(body: body, parameters: rehearsal.rehearsedParameters)
    return record(
        "recomputed", y.detached(), from: [x] + replay.parameters.map { $0.tensor() }
    ) { [x = x.detached()] dy, wants in
        replay.gradients(at: x, wantsInput: wants[0], outputGradient: &dy)
    }
}

/// A computation that was run once and is run again for its gradients.
///
/// Unchecked: it runs in the backward sweep of the recording that holds it, and a recording belongs to
/// one task.
private struct Replay: @unchecked Sendable {
    let body: (Tensor) -> Tensor
    let parameters: [Parameter]

    /// The gradients of the input and of each parameter. Takes `outputGradient` away.
    func gradients(
        at x: Tensor, wantsInput: Bool, outputGradient: inout Tensor
    ) -> [Tensor?] {
        let recording = Recording(of: parameters)
        var input = x
        let root = Recomputation.$isRunning.withValue(true) {
            Recording.$current.withValue(recording) {
                if wantsInput { input = x.watched() }
                // Only the node: the sweep frees the result as soon as it is through with it.
                return body(input).node
            }
        }
        guard let root, root.recording === recording else { return [] }
        var pending = [ObjectIdentifier(root): outputGradient.take()]
        let gradients = sweep(from: root, &pending, recording)
        return [gradients[input]] + parameters.map { gradients[$0] }
    }
}

extension Tensor {
    /// The tensor, which leaves an empty one behind.
    fileprivate mutating func take() -> Tensor {
        let taken = self
        self = Tensor(shape: [0], storage: Storage(backend: backend, count: 0))
        return taken
    }
}
