import Foundation
import Glibc

/// An answer of a server.
struct Answer: Sendable, Equatable {
    var status: Int
    var body: String

    /// The number that stands behind a key in a JSON body, as text.
    func number(_ key: String) -> String? {
        guard let start = body.range(of: "\"\(key)\":") else { return nil }
        return String(
            body[start.upperBound...].drop { $0 == " " }.prefix { !",} \n".contains($0) })
    }
}

/// One blocking connection to a server on this machine.
final class Connection: Sendable {
    private let descriptor: Int32

    /// Nil where nobody listens any more.
    init?(port: Int) {
        descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
        var timeout = timeval(tv_sec: 120, tv_usec: 0)
        setsockopt(
            descriptor, SOL_SOCKET, SO_RCVTIMEO, &timeout, socklen_t(MemoryLayout<timeval>.size))
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_port = in_port_t(port).bigEndian
        address.sin_addr.s_addr = inet_addr("127.0.0.1")
        let socket = descriptor
        let result = withUnsafePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                connect(socket, $0, socklen_t(MemoryLayout<sockaddr_in>.size))
            }
        }
        if result != 0 { return nil }
    }

    deinit { close(descriptor) }

    func send(_ bytes: [UInt8]) {
        var rest = bytes[...]
        while !rest.isEmpty {
            let count = rest.withUnsafeBytes {
                Glibc.send(descriptor, $0.baseAddress, $0.count, Int32(MSG_NOSIGNAL))
            }
            guard count > 0 else { return }
            rest = rest.dropFirst(count)
        }
    }

    /// What arrives until the text is complete; all there is when the server closes.
    func receive(until isComplete: (String) -> Bool) -> String {
        var received: [UInt8] = []
        var buffer = [UInt8](repeating: 0, count: 65_536)
        while true {
            let text = String(decoding: received, as: UTF8.self)
            if isComplete(text) { return text }
            let count = recv(descriptor, &buffer, buffer.count, 0)
            guard count > 0 else { return text }
            received += buffer[..<count]
        }
    }

    /// The answer that comes next.
    func answer() throws -> Answer {
        let text = receive { text in
            guard let end = text.range(of: "\r\n\r\n") else { return false }
            return text[end.upperBound...].utf8.count >= Self.length(text[..<end.lowerBound])
        }
        guard let end = text.range(of: "\r\n\r\n"),
            let status = Int(text.dropFirst("HTTP/1.1 ".count).prefix(3))
        else { throw ProgramFailure(description: "no answer but '\(text)'") }
        return Answer(status: status, body: String(text[end.upperBound...]))
    }

    private static func length(_ head: Substring) -> Int {
        let lines = head.lowercased().split(separator: "\r\n")
        let line = lines.first { $0.hasPrefix("content-length:") }
        return line.flatMap { Int($0.dropFirst("content-length:".count).drop { $0 == " " }) } ?? 0
    }
}

/// A request as it goes over the wire.
struct WireRequest: Sendable {
    var method = "POST"
    var path = "/predict"
    var type: String?
    var headers: [String] = []
    var body: [UInt8] = []

    var head: [UInt8] {
        var lines = ["\(method) \(path) HTTP/1.1", "Host: localhost"]
        if let type { lines.append("Content-Type: \(type)") }
        lines += headers + ["Content-Length: \(body.count)", "", ""]
        return Array(lines.joined(separator: "\r\n").utf8)
    }

    /// A form with one file.
    static func upload(
        _ file: [UInt8], to path: String = "/predict", field: String = "file",
        type: String = "image/png"
    ) -> WireRequest {
        let start = """
            --Grenze\r\nContent-Disposition: form-data; name="\(field)"; filename="a.png"\r
            Content-Type: \(type)\r\n\r\n
            """
        return WireRequest(
            path: path, type: "multipart/form-data; boundary=Grenze",
            body: Array(start.utf8) + file + Array("\r\n--Grenze--\r\n".utf8))
    }

    /// Sends it over a connection of its own.
    func send(to port: Int) throws -> Answer {
        guard let connection = Connection(port: port) else {
            throw ProgramFailure(description: "nobody listens on port \(port)")
        }
        connection.send(head + body)
        return try connection.answer()
    }
}
