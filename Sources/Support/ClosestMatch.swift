/// The candidate that a person most likely meant by `text`, for "did you mean …?".
///
/// The measure is the optimal string alignment distance (insertions, deletions, substitutions and
/// swaps of neighbours cost 1), letter case ignored. Nothing is proposed when more than a third of
/// the longer word (at least two letters) would have to change.
public func closestMatch(to text: String, in candidates: some Sequence<String>) -> String? {
    let wanted = Array(text.lowercased())
    var best: (candidate: String, distance: Int)?
    for candidate in candidates {
        let letters = Array(candidate.lowercased())
        let distance = alignmentDistance(wanted, letters)
        let allowed = max(2, max(wanted.count, letters.count) / 3)
        guard distance <= allowed, distance < max(wanted.count, letters.count) else { continue }
        if best == nil || distance < best!.distance { best = (candidate, distance) }
    }
    return best?.candidate
}

private func alignmentDistance(_ a: [Character], _ b: [Character]) -> Int {
    if a.isEmpty || b.isEmpty { return max(a.count, b.count) }
    var rows = [[Int](0...b.count)]
    for i in 1...a.count {
        var row = [i] + [Int](repeating: 0, count: b.count)
        for j in 1...b.count {
            let substitution = rows[i - 1][j - 1] + (a[i - 1] == b[j - 1] ? 0 : 1)
            row[j] = min(rows[i - 1][j] + 1, row[j - 1] + 1, substitution)
            if i > 1, j > 1, a[i - 1] == b[j - 2], a[i - 2] == b[j - 1] {
                row[j] = min(row[j], rows[i - 2][j - 2] + 1)
            }
        }
        rows.append(row)
    }
    return rows[a.count][b.count]
}
