/// Stops the program when a shape rule is broken, with the operation and the shapes involved.
///
/// `precondition` would lose its message in release builds.
func check(_ condition: Bool, _ message: @autoclosure () -> String) {
    if !condition { fatalError(message()) }
}

/// Stops the program unless `x` has `rank` axes.
func checkRank(_ x: Tensor, _ rank: Int, _ operation: StaticString, _ layout: StaticString) {
    check(x.shape.rank == rank, "\(operation): x must be \(layout), but is \(x.shape)")
}
