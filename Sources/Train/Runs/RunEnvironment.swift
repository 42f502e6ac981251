import FoundationEssentials
import Glibc
import Support

/// The machine and program that a run was made with, as far as they can change its result or speed.
public struct RunEnvironment: Sendable {
    /// The compiler that built the program.
    public var swiftVersion: String
    /// The operating system and its kernel.
    public var operatingSystem: String
    /// The processor as it names itself.
    public var processor: String
    /// The processors that this process may use.
    public var processorCount: Int
    /// Main memory in bytes.
    public var memoryBytes: Int
    /// The threads that compute.
    public var threadCount: Int
    /// The instruction set that the kernels chose, such as `avx512`.
    public var instructionSet: String
    /// The fingerprint of the training data.
    public var dataFingerprint: String?
    /// Further facts, such as the seed.
    public var extras: [(name: String, value: JSONValue)]

    /// Describes this machine; what only other parts know is passed in.
    public init(
        threadCount: Int, instructionSet: String, dataFingerprint: String? = nil,
        extras: [(name: String, value: JSONValue)] = []
    ) {
        swiftVersion = Self.compilerVersion
        operatingSystem = Self.systemName()
        processor =
            Self.firstValue(of: "model name", in: "/proc/cpuinfo", separator: ":") ?? "unknown"
        processorCount = ProcessInfo.processInfo.activeProcessorCount
        memoryBytes = sysconf(Int32(_SC_PHYS_PAGES)) * sysconf(Int32(_SC_PAGESIZE))
        self.threadCount = threadCount
        self.instructionSet = instructionSet
        self.dataFingerprint = dataFingerprint
        self.extras = extras
    }

    /// The facts by name, in a fixed order.
    public var json: JSONValue {
        var members: [(key: String, value: JSONValue)] = [
            ("swift", .string(swiftVersion)), ("os", .string(operatingSystem)),
            ("cpu", .string(processor)), ("cores", .integer(processorCount)),
            ("memory_bytes", .integer(memoryBytes)), ("threads", .integer(threadCount)),
            ("instruction_set", .string(instructionSet)),
            ("data_fingerprint", dataFingerprint.map(JSONValue.string) ?? .null),
        ]
        members += extras.map { (key: $0.name, value: $0.value) }
        return .object(members)
    }

    private static var compilerVersion: String {
        #if compiler(>=6.5)
            "6.5 or later"
        #elseif compiler(>=6.4)
            "6.4"
        #elseif compiler(>=6.3)
            "6.3"
        #elseif compiler(>=6.2)
            "6.2"
        #else
            "6.1 or earlier"
        #endif
    }

    private static func systemName() -> String {
        let distribution = firstValue(of: "PRETTY_NAME", in: "/etc/os-release", separator: "=")
        var names = utsname()
        guard uname(&names) == 0 else { return distribution ?? "unknown" }
        func text<Field>(_ field: Field) -> String {
            withUnsafeBytes(of: field) { String(decoding: $0.prefix { $0 != 0 }, as: UTF8.self) }
        }
        let kernel = "\(text(names.sysname)) \(text(names.release)) \(text(names.machine))"
        return distribution.map { "\($0), \(kernel)" } ?? kernel
    }

    /// The value on the first line `key <separator> value` of a text file, without quotes.
    private static func firstValue(
        of key: String, in path: String, separator: Character
    ) -> String? {
        guard let bytes = try? contents(ofFile: path) else { return nil }
        for line in String(decoding: bytes, as: UTF8.self).split(separator: "\n") {
            let parts = line.split(separator: separator, maxSplits: 1)
            guard parts.count == 2, trimmed(parts[0]) == key else { continue }
            return trimmed(parts[1])
        }
        return nil
    }

    private static func trimmed(_ text: Substring) -> String {
        let isEdge: (Character) -> Bool = { $0.isWhitespace || $0 == "\"" }
        var text = text.drop(while: isEdge)
        while let last = text.last, isEdge(last) { text.removeLast() }
        return String(text)
    }
}
