import Support
import Tensor

/// Where the time of a step goes: one row for each kind of operation and shape, and what lies between
/// the operations.
struct Breakdown {
    private struct Row {
        let name: String
        let shape: String
        /// Calls, seconds, operations and bytes of one step.
        let calls: Double
        let seconds: Double
        let floatingPointOperations: Double
        let bytes: Double

        var gflops: Double? {
            floatingPointOperations > 0 ? floatingPointOperations / max(seconds, 1e-9) / 1e9 : nil
        }
        var gigabytes: Double? { bytes > 0 ? bytes / max(seconds, 1e-9) / 1e9 : nil }
    }

    private let rows: [Row]
    private let stepSeconds: Double
    private let limits: MachineLimits

    /// - Parameters:
    ///   - operations: What a profile counted in `steps` steps.
    ///   - seconds: The time of all steps together.
    ///   - limits: What the machine can do at most.
    init(
        _ operations: [ProfiledOperation: OperationTotals], steps: Int, seconds: Double,
        _ limits: MachineLimits
    ) {
        let count = Double(steps)
        rows = operations.map { operation, totals in
            Row(
                name: operation.name, shape: operation.shape, calls: Double(totals.calls) / count,
                seconds: totals.seconds / count,
                floatingPointOperations: Double(totals.floatingPointOperations) / count,
                bytes: Double(totals.bytes) / count)
        }.sorted { ($1.seconds, $0.name, $0.shape) < ($0.seconds, $1.name, $1.shape) }
        stepSeconds = seconds / count
        self.limits = limits
    }

    /// Autograd, modules, dispatch, the memory pool and the accounting itself.
    private var secondsBetween: Double {
        max(0, stepSeconds - rows.reduce(0) { $0 + $1.seconds })
    }

    // MARK: For programs

    var json: JSONValue {
        let between = Row(
            name: "between the operations", shape: "", calls: 0, seconds: secondsBetween,
            floatingPointOperations: 0, bytes: 0)
        return .array((rows + [between]).map(json))
    }

    private func json(_ row: Row) -> JSONValue {
        func number(_ value: Double?, digits: Double) -> JSONValue {
            value.map { .number(($0 * digits).rounded() / digits) } ?? .null
        }
        return .object([
            ("operation", .string(row.name)),
            ("shape", .string(row.shape)),
            ("calls", number(row.calls, digits: 100)),
            ("milliseconds", number(row.seconds * 1000, digits: 1e5)),
            ("share", number(row.seconds / stepSeconds, digits: 1e6)),
            ("gflops", number(row.gflops, digits: 1000)),
            ("peak_share", number(row.gflops.map { $0 / limits.gflops }, digits: 1e4)),
            ("gigabytes_per_second", number(row.gigabytes, digits: 1000)),
            ("bandwidth_share", number(bandwidthShare(row), digits: 1e4)),
        ])
    }

    private func bandwidthShare(_ row: Row) -> Double? {
        guard let gigabytes = row.gigabytes, let bandwidth = limits.bandwidth else { return nil }
        return gigabytes / bandwidth.best
    }

    // MARK: For people

    /// Kinds of operations, the costliest first, with their shapes below; shapes under half a percent
    /// of the step are counted in their kind alone.
    var table: String {
        var table = TextTable([
            ("operation", .left), ("calls", .right), ("ms a step", .right), ("share", .right),
            ("GFLOP/s", .right), ("of peak", .right), ("GB/s", .right), ("of memory", .right),
        ])
        let kinds = Dictionary(grouping: rows, by: \.name).map { name, rows in
            (rows: rows, total: total(of: rows, name: name))
        }.sorted { ($1.total.seconds, $0.total.name) < ($0.total.seconds, $1.total.name) }
        for kind in kinds {
            table.add(cells(kind.total, label: kind.total.name))
            for row in kind.rows
            where !row.shape.isEmpty && row.seconds >= 0.005 * stepSeconds {
                table.add(cells(row, label: "  " + row.shape))
            }
        }
        table.add([
            "between the operations", "", Format.fixed(secondsBetween * 1000, 3),
            Format.percent(secondsBetween / stepSeconds), "", "", "", "",
        ])
        table.add(["step", "", Format.fixed(stepSeconds * 1000, 3), "100.00 %", "", "", "", ""])
        return table.text + "\n" + limitsText
    }

    private var limitsText: String {
        var text = "peak \(Format.fixed(limits.gflops, 0)) GFLOP/s"
        if let bandwidth = limits.bandwidth {
            text +=
                ", memory \(Format.fixed(bandwidth.read, 1)) GB/s read, "
                + "\(Format.fixed(bandwidth.copy, 1)) GB/s copied"
        }
        return text
    }

    private func total(of rows: [Row], name: String) -> Row {
        func sum(_ value: (Row) -> Double) -> Double { rows.reduce(0) { $0 + value($1) } }
        return Row(
            name: name, shape: "", calls: sum(\.calls), seconds: sum(\.seconds),
            floatingPointOperations: sum(\.floatingPointOperations), bytes: sum(\.bytes))
    }

    /// Arithmetic is compared with the peak; what has none, with the memory.
    private func cells(_ row: Row, label: String) -> [String] {
        func percent(_ share: Double?) -> String {
            share.map { Format.fixed(100 * $0, 0) + " %" } ?? ""
        }
        let calls = Format.fixed(row.calls, row.calls == row.calls.rounded() ? 0 : 1)
        let hasArithmetic = row.gflops != nil
        return [
            label, calls, Format.fixed(row.seconds * 1000, 3),
            Format.percent(row.seconds / stepSeconds),
            row.gflops.map { Format.fixed($0, 0) } ?? "",
            percent(row.gflops.map { $0 / limits.gflops }),
            row.gigabytes.map { Format.fixed($0, 1) } ?? "",
            hasArithmetic ? "" : percent(bandwidthShare(row)),
        ]
    }
}
