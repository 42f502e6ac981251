/// A reduction of a tensor over some axes: its geometry and the shape of its result.
struct Reducing {
    let geometry: ReductionGeometry
    let resultShape: Shape
    /// The number of elements behind each result.
    let groupCount: Int

    /// - Parameters:
    ///   - axes: The axes to reduce, negative ones counted from the end; all of them if nil.
    ///   - keepingAxes: Whether reduced axes stay, with extent 1.
    init(_ x: Shape, axes: [Int]?, keepingAxes: Bool, operation: StaticString) {
        let reduced = Set(
            (axes ?? Array(0..<x.rank)).map { x.normalized(axis: $0, operation: operation) })
        check(
            reduced.count == (axes?.count ?? x.rank),
            "\(operation): axes \(axes ?? []) of \(x) name an axis twice")
        let flags = (0..<x.rank).map(reduced.contains)
        geometry = ReductionGeometry(dimensions: x.dimensions, isReduced: flags)
        resultShape = Shape(
            zip(x.dimensions, flags).compactMap { extent, isReduced in
                isReduced ? (keepingAxes ? 1 : nil) : extent
            })
        groupCount = reduced.reduce(1) { $0 * x[$1] }
    }
}
