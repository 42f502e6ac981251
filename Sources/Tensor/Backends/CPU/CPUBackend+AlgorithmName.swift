extension CPUBackend {
    /// The way in which a pass of a convolution is computed, such as `winograd` or `gathered`: for
    /// reports.
    public func algorithmName(of pass: ConvolutionPass, _ geometry: Conv2dGeometry) -> String {
        "\(geometry.algorithm(numerics))"
    }
}
