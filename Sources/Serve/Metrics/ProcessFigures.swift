import Foundation

/// What the system says about this process, under the names that Prometheus clients agree on.
///
/// Read from `/proc/self` (proc(5)); a figure that cannot be read is left out.
struct ProcessFigures {
    var cpuSeconds: Double?
    var virtualBytes: Double?
    var residentBytes: Double?
    var startTime: Double?
    var openFileCount: Double?

    static func now() -> ProcessFigures {
        var figures = ProcessFigures()
        if let status = try? String(contentsOfFile: "/proc/self/stat", encoding: .utf8),
            let end = status.lastIndex(of: ")")
        {
            // The fields after the parenthesised command name; the first of them is field 3.
            let fields = status[status.index(after: end)...].split(separator: " ")
            func field(_ number: Int) -> Double? {
                number - 3 < fields.count ? Double(fields[number - 3]) : nil
            }
            let ticks = Double(sysconf(Int32(_SC_CLK_TCK)))
            if let user = field(14), let system = field(15) {
                figures.cpuSeconds = (user + system) / ticks
            }
            figures.virtualBytes = field(23)
            figures.residentBytes = field(24).map { $0 * Double(sysconf(Int32(_SC_PAGESIZE))) }
            if let start = field(22), let boot = bootTime() {
                figures.startTime = boot + start / ticks
            }
        }
        if let entries = try? FileManager.default.contentsOfDirectory(atPath: "/proc/self/fd") {
            // The listing itself holds one descriptor.
            figures.openFileCount = Double(max(0, entries.count - 1))
        }
        return figures
    }

    /// Seconds since 1970 at which the system started.
    private static func bootTime() -> Double? {
        guard let text = try? String(contentsOfFile: "/proc/stat", encoding: .utf8) else {
            return nil
        }
        let line = text.split(separator: "\n").first { $0.hasPrefix("btime ") }
        return line.flatMap { Double($0.dropFirst(6)) }
    }

    func write(into text: inout MetricsText) {
        let figures: [(name: String, type: String, help: String, value: Double?)] = [
            ("process_cpu_seconds_total", "counter", "User and system time.", cpuSeconds),
            ("process_virtual_memory_bytes", "gauge", "Virtual memory.", virtualBytes),
            ("process_resident_memory_bytes", "gauge", "Resident memory.", residentBytes),
            ("process_start_time_seconds", "gauge", "Start, in Unix time.", startTime),
            ("process_open_fds", "gauge", "Open file descriptors.", openFileCount),
        ]
        for (name, type, help, value) in figures {
            guard let value else { continue }
            text.family(name, type: type, help: help)
            text.sample(name, [], value)
        }
    }
}
