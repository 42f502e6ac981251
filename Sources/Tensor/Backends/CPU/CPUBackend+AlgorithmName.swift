extension CPUBackend {
    /// The way in which all passes of a convolution are computed, such as `winograd` or `gathered`:
    /// for reports.
    public func algorithmName(of geometry: Conv2dGeometry) -> String {
        "\(geometry.algorithm(numerics))"
    }
}
