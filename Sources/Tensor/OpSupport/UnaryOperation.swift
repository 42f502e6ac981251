/// y = f(x) element by element, recorded; saves whichever side f's derivative needs.
func apply(_ function: UnaryFunction, _ name: StaticString, to x: Tensor) -> Tensor {
    let y = x.backend.make(x.shape, x.elementType) {
        $0.unary(function, x.memory, count: x.count, into: $1)
    }
    let saved = function.saves == .input ? x.detached() : y
    return record(name, y, from: [x]) { [saved] dy, _ in
        [
            dy.backend.make(dy.shape, dy.elementType) {
                $0.unaryGradient(
                    function, saved: saved.memory, dy: dy.memory, count: dy.count, into: $1)
            }
        ]
    }
}
