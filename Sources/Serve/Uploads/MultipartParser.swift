import Foundation

/// One field of a form.
package struct MultipartPart: Equatable, Sendable {
    /// The field's name.
    package var name: String
    /// The name of the uploaded file as the client gives it; never a path to trust.
    package var fileName: String?
    /// The media type that the client claims, as written.
    package var contentType: String?
    /// The bytes between the part's headers and the next boundary.
    package var body: [UInt8]

    /// Creates a part.
    package init(
        name: String, fileName: String? = nil, contentType: String? = nil, body: [UInt8]
    ) {
        self.name = name
        self.fileName = fileName
        self.contentType = contentType
        self.body = body
    }
}

/// What a multipart body may contain, besides its total size, which the reader of the body limits.
package struct MultipartLimits: Sendable {
    /// The most parts in one body.
    package var partCount = 64
    /// The most bytes of headers in one part.
    package var headerBytes = 8_192

    /// The default limits.
    package init() {}
}

/// Why a body is not `multipart/form-data`; the text is for the client.
package struct MultipartError: Error, Equatable {
    /// What was expected and what came.
    package let message: String
}

/// Reads `multipart/form-data` (RFC 7578, RFC 2046 section 5.1) in chunks of any size.
///
/// Text before the first and after the last boundary is ignored. A boundary is one only when its
/// line holds nothing else, so a longer one that starts alike is data. A body that ends without the
/// closing boundary is refused: the upload was cut off.
package struct MultipartParser {
    private enum Phase {
        case preamble, boundaryEnd, headers, body, epilogue
    }

    private let limits: MultipartLimits
    /// CRLF, two hyphens, boundary.
    private let delimiter: [UInt8]
    private var phase = Phase.preamble
    private var isBeforeFirstPart = true
    /// Bytes received and not consumed; the body is taken to start after a line end.
    private var pending: [UInt8] = [0x0D, 0x0A]
    private var cursor = 0
    private var headerByteCount = 0
    private var headers: [String: String] = [:]
    private var body: [UInt8] = []
    private var parts: [MultipartPart] = []

    /// Starts reading a body whose parts are separated by `boundary`.
    package init(boundary: String, limits: MultipartLimits = MultipartLimits()) {
        self.limits = limits
        delimiter = Array("\r\n--\(boundary)".utf8)
    }

    /// Reads the next chunk.
    package mutating func consume(_ bytes: some Collection<UInt8>) throws(MultipartError) {
        guard phase != .epilogue else { return }
        pending.append(contentsOf: bytes)
        while try step() {}
        pending.removeFirst(cursor)
        cursor = 0
    }

    /// The parts in order, when the body was complete.
    package consuming func finish() throws(MultipartError) -> [MultipartPart] {
        guard phase == .epilogue else {
            throw MultipartError(
                message: isBeforeFirstPart
                    ? "the multipart body does not contain the boundary that Content-Type names"
                    : "the multipart body ends before its closing boundary")
        }
        return parts
    }

    /// Advances as far as `pending` allows within a phase; false when more bytes are needed.
    private mutating func step() throws(MultipartError) -> Bool {
        switch phase {
        case .preamble, .body: takeUntilDelimiter()
        case .boundaryEnd: try takeBoundaryEnd()
        case .headers: try takeHeaderLine()
        case .epilogue: takeEpilogue()
        }
    }

    private mutating func takeUntilDelimiter() -> Bool {
        let found = indexOfDelimiter()
        // Without a delimiter, all but what may be the start of one is content.
        let end = found ?? max(cursor, pending.count - delimiter.count + 1)
        if phase == .body { body.append(contentsOf: pending[cursor..<end]) }
        cursor = end
        guard found != nil else { return false }
        cursor += delimiter.count
        phase = .boundaryEnd
        return true
    }

    private func indexOfDelimiter() -> Int? {
        pending.withUnsafeBytes { (pending: UnsafeRawBufferPointer) -> Int? in
            delimiter.withUnsafeBytes { (delimiter: UnsafeRawBufferPointer) -> Int? in
                guard let start = pending.baseAddress, let wanted = delimiter.baseAddress else {
                    return nil
                }
                var position = cursor
                while position + delimiter.count <= pending.count {
                    let searched = pending.count - delimiter.count + 1 - position
                    guard let hit = memchr(start + position, 0x0D, searched) else { return nil }
                    position = UnsafeRawPointer(hit) - start
                    if memcmp(hit, wanted, delimiter.count) == 0 { return position }
                    position += 1
                }
                return nil
            }
        }
    }

    /// Decides what follows a delimiter: the closing `--`, a line end, or data after all.
    private mutating func takeBoundaryEnd() throws(MultipartError) -> Bool {
        let rest = pending[cursor...]
        if rest.starts(with: [0x2D, 0x2D]) {
            try finishPart()
            phase = .epilogue
            return true
        }
        if rest.elementsEqual([0x2D]) { return false }
        let padding = rest.prefix(while: { $0 == 0x20 || $0 == 0x09 }).count
        let lineEnd = rest.dropFirst(padding).prefix(2)
        if lineEnd.elementsEqual([0x0D, 0x0A]) {
            try finishPart()
            cursor += padding + 2
            headerByteCount = 0
            phase = .headers
            return true
        }
        if padding <= 128, lineEnd.isEmpty || lineEnd.elementsEqual([0x0D]) { return false }
        if isBeforeFirstPart {
            phase = .preamble
        } else {
            body.append(contentsOf: delimiter)
            phase = .body
        }
        return true
    }

    /// Stores the part that the delimiter just ended, if it was not the first delimiter.
    private mutating func finishPart() throws(MultipartError) {
        guard !isBeforeFirstPart else {
            isBeforeFirstPart = false
            return
        }
        guard parts.count < limits.partCount else {
            throw MultipartError(
                message: "the multipart body has more than \(limits.partCount) parts")
        }
        let disposition = HeaderParameters(headers["content-disposition"] ?? "")
        guard disposition.value == "form-data", let name = disposition["name"] else {
            throw MultipartError(
                message: "part \(parts.count + 1) of the multipart body has no "
                    + "'Content-Disposition: form-data; name=…' header")
        }
        parts.append(
            MultipartPart(
                name: name, fileName: disposition["filename"],
                contentType: headers["content-type"], body: body))
        headers = [:]
        body = []
    }

    private mutating func takeHeaderLine() throws(MultipartError) -> Bool {
        let rest = pending[cursor...]
        var line: ArraySlice<UInt8>?
        var search = rest
        while let lineFeed = search.firstIndex(of: 0x0A) {
            if lineFeed > cursor, pending[lineFeed - 1] == 0x0D {
                line = pending[cursor..<(lineFeed - 1)]
                break
            }
            search = search[(lineFeed + 1)...]
        }
        guard headerByteCount + (line?.count ?? rest.count) <= limits.headerBytes else {
            throw MultipartError(
                message: "part \(parts.count + 1) of the multipart body has more than "
                    + "\(limits.headerBytes) bytes of headers")
        }
        guard let line else { return false }
        cursor += line.count + 2
        headerByteCount += line.count + 2
        if line.isEmpty {
            phase = .body
            return true
        }
        let text = String(decoding: line, as: UTF8.self)
        guard let colon = text.firstIndex(of: ":") else {
            throw MultipartError(
                message: "part \(parts.count + 1) of the multipart body has a header without ':'")
        }
        let name = String(text[..<colon]).trimmed.lowercased()
        if headers[name] == nil {
            headers[name] = String(text[text.index(after: colon)...]).trimmed
        }
        return true
    }

    private mutating func takeEpilogue() -> Bool {
        cursor = pending.count
        return false
    }
}
