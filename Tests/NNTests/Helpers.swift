import Glibc
import NN
import Support
import Tensor
import Testing

/// The bytes of a golden file.
func readBytes(_ name: String) throws -> [UInt8] {
    let path = fixture(name)
    let file = try #require(fopen(path, "rb"), "\(path)")
    defer { fclose(file) }
    var bytes: [UInt8] = []
    var buffer = [UInt8](repeating: 0, count: 65536)
    while true {
        let count = fread(&buffer, 1, buffer.count, file)
        guard count > 0 else { return bytes }
        bytes += buffer[..<count]
    }
}

/// The text of a golden file.
func readText(_ name: String) throws -> String {
    String(decoding: try readBytes(name), as: UTF8.self)
}

/// A path of this process's own for a file that a test writes.
func temporaryPath(_ name: String) -> String {
    let folder = getenv("TMPDIR").map { String(cString: $0) } ?? "/tmp"
    return "\(folder)/residual-nn-tests-\(getpid())-\(name)"
}

func removeFile(_ path: String) { unlink(path) }

/// What a process that ended wrote to its standard error.
func message(_ result: ExitTest.Result?) -> String {
    String(decoding: result?.standardErrorContent ?? [], as: UTF8.self)
}

/// The gradients that `values` are, made by differentiating Σ parameter · value.
func gradients(_ pairs: [(parameter: Parameter, value: Tensor)]) -> Gradients {
    valueWithGradients(of: pairs.map(\.parameter)) {
        pairs.map { sum($0.parameter.tensor() * $0.value) }.reduce(Tensor(0), +)
    }.gradients
}

func shorten(_ path: String, to length: Int) { truncate(path, length) }
