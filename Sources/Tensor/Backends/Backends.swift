/// Where new tensors are made.
enum Backends {
    @TaskLocal private static var override: (any Backend)?

    static var current: any Backend { override ?? CPUBackend.shared }

    static func with<Result>(
        _ backend: any Backend, _ body: () throws -> Result
    ) rethrows -> Result {
        try $override.withValue(backend) { try body() }
    }
}

/// Runs `body` with `backend` as the place where new tensors are made.
///
/// Operations compute where their inputs are; this only decides for tensors that are made from plain
/// values.
public func withBackend<Result>(
    _ backend: any Backend, _ body: () throws -> Result
) rethrows -> Result {
    try Backends.with(backend, body)
}
