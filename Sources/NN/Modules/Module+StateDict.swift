import Tensor

extension Module {
    /// All saved state in the order of declaration, with torchvision's keys and layouts: filters
    /// `[O, I, kH, kW]`, matrices `[O, I]`, counters Int64 scalars.
    public func stateDict() -> [(key: String, entry: StateEntry)] {
        ModuleWalk(of: self).entries.map { key, state in
            switch state {
            case .parameter(let parameter): (key, StateEntry(parameter))
            case .statistic(let statistic): (key, StateEntry(statistic.value))
            case .counter(let counter): (key, StateEntry(counter.value))
            }
        }
    }

    /// Replaces all saved state. Nothing changes unless everything fits.
    ///
    /// Counters may be absent (files written before PyTorch 0.4.1 have none) and then stay.
    ///
    /// - Parameters:
    ///   - entries: The state, in any order.
    ///   - source: Where it came from, for the error's text.
    /// - Throws: `StateDictError` with all missing, unexpected, misshaped and repeated keys, or
    ///   `SafetensorsError` when a file cannot be read.
    public func loadStateDict(
        _ entries: [(key: String, entry: StateEntry)], source: String = "state"
    ) throws {
        let walk = ModuleWalk(of: self)
        let byKey = Dictionary(entries.map { ($0.key, $0.entry) }) { first, _ in first }
        try check(entries, byKey, against: walk, source: source)
        var apply: [() -> Void] = []
        for (key, state) in walk.entries {
            guard let entry = byKey[key] else { continue }
            switch state {
            case .parameter(let parameter):
                let tensor = try entry.tensor(parameter.value.shape, role: parameter.role)
                apply.append { parameter.value = tensor }
            case .statistic(let statistic):
                let tensor = try entry.tensor(statistic.value.shape, role: .vector)
                apply.append { statistic.value = tensor }
            case .counter(let counter):
                let value = Int(try entry.integers()[0])
                apply.append { counter.value = value }
            }
        }
        for change in apply { change() }
    }

    private func check(
        _ entries: [(key: String, entry: StateEntry)], _ byKey: [String: StateEntry],
        against walk: ModuleWalk, source: String
    ) throws(StateDictError) {
        var missing: [String] = []
        var misshaped: [StateDictError.Misfit] = []
        for (key, state) in walk.entries {
            let expected: [Int]
            switch state {
            case .parameter(let parameter):
                expected = parameter.role.borderShape(of: parameter.value.shape)
            case .statistic(let statistic): expected = statistic.value.shape.dimensions
            case .counter: expected = []
            }
            if let found = byKey[key]?.shape {
                if found != expected {
                    misshaped.append(.init(key: key, expected: expected, found: found))
                }
            } else if case .counter = state {
                continue
            } else {
                missing.append(key)
            }
        }
        let known = Set(walk.entries.map(\.key))
        let unexpected = entries.map(\.key).filter { !known.contains($0) }
        var seen: Set<String> = []
        let repeated = entries.map(\.key).filter { !seen.insert($0).inserted }
        guard missing.isEmpty, unexpected.isEmpty, misshaped.isEmpty, repeated.isEmpty else {
            throw StateDictError(
                source: source, missing: missing, unexpected: unexpected, misshaped: misshaped,
                repeated: repeated)
        }
    }
}
