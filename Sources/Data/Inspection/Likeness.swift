import Tensor

/// What two pictures have in common when one is the other saved again, scaled or brightened.
///
/// A difference hash (for each of 8×8 cells of the grey picture: is its right neighbour brighter, is
/// the one below) finds candidates; the correlation of grey thumbnails confirms them, as flat
/// pictures have equal hashes by chance.
struct Likeness: Sendable {
    let split: Split
    let name: String
    /// 128 bits, in eight words that are looked up whole.
    private let words: [UInt16]
    /// 16×16 grey values, of mean 0 and length 1.
    private let thumbnail: [Float]

    /// Hashes at most this far apart are candidates: eight words, of which at least one is then equal.
    private static let largestDistance = 7
    /// Thumbnails at least this alike confirm a candidate.
    private static let leastCorrelation: Float = 0.99
    private static let side = 16

    /// Nil for a picture without contrast, which is like everything.
    init?(of image: Image, split: Split, name: String) {
        self.split = split
        self.name = name
        let cells = Self.grey(image, side: 9)
        var bits: [Bool] = []
        for y in 0..<8 {
            for x in 0..<8 {
                bits.append(cells[y * 9 + x] < cells[y * 9 + x + 1])
                bits.append(cells[y * 9 + x] < cells[(y + 1) * 9 + x])
            }
        }
        words = (0..<8).map { word in
            (0..<16).reduce(UInt16(0)) { $0 << 1 | (bits[word * 16 + $1] ? 1 : 0) }
        }
        let grey = Self.grey(image, side: Self.side).map { Float($0) }
        let mean = grey.reduce(0, +) / Float(grey.count)
        let centred = grey.map { $0 - mean }
        let length = centred.reduce(0) { $0 + $1 * $1 }.squareRoot()
        // A standard deviation of 4 of 255.
        guard length > 4 * Float(Self.side) else { return nil }
        thumbnail = centred.map { $0 / length }
    }

    /// The luma of the picture scaled to a square.
    private static func grey(_ image: Image, side: Int) -> [Int] {
        let small = image.resized(to: Spatial(side)).pixels
        return (0..<side * side).map { place -> Int in
            let (red, green) = (Int(small[place * 3]), Int(small[place * 3 + 1]))
            return (299 * red + 587 * green + 114 * Int(small[place * 3 + 2])) / 1000
        }
    }

    private func isLike(_ other: Likeness) -> Bool {
        var distance = 0
        for (a, b) in zip(words, other.words) { distance += (a ^ b).nonzeroBitCount }
        guard distance <= Self.largestDistance else { return false }
        return zip(thumbnail, other.thumbnail).reduce(0) { $0 + $1.0 * $1.1 }
            >= Self.leastCorrelation
    }

    /// All pictures with the first earlier one of another part that they look like.
    static func pairsAcrossSplits(
        _ all: [Likeness]
    ) -> [(earlier: Likeness, later: Likeness)] {
        var placesOfWord: [UInt32: [Int]] = [:]
        var pairs: [(Likeness, Likeness)] = []
        for (place, later) in all.enumerated() {
            var candidates: Set<Int> = []
            for (position, word) in later.words.enumerated() {
                let key = UInt32(position) << 16 | UInt32(word)
                for other in placesOfWord[key] ?? [] where all[other].split != later.split {
                    candidates.insert(other)
                }
                placesOfWord[key, default: []].append(place)
            }
            if let match = candidates.sorted().first(where: { all[$0].isLike(later) }) {
                pairs.append((all[match], later))
            }
        }
        return pairs
    }
}
