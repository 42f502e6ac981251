import Foundation
import Tensor
import Testing

/// The Dice loss against its formula in plain loops of doubles.
@Suite struct DiceLossTests {
    private func expected(
        _ logits: [Float], _ labels: [Int32], classCount: Int, smoothing: Double
    ) -> Double {
        var overlap = [Double](repeating: 0, count: classCount)
        var sizes = overlap
        for (row, label) in labels.enumerated() where label != 255 {
            let exponentials = (0..<classCount).map { exp(Double(logits[row * classCount + $0])) }
            let total = exponentials.reduce(0, +)
            for column in 0..<classCount {
                let probability = exponentials[column] / total
                sizes[column] += probability
                if Int(label) == column {
                    sizes[column] += 1
                    overlap[column] += probability
                }
            }
        }
        let dice = zip(overlap, sizes).map { (2 * $0 + smoothing) / ($1 + smoothing) }
        return 1 - dice.reduce(0, +) / Double(classCount)
    }

    @Test func isItsFormula() {
        var random = RandomStream(seed: 3, purpose: .benchmark)
        for (rows, classCount) in [(70, 3), (501, 7), (12, 2)] {
            let logits = (0..<rows * classCount).map { _ in random.uniform(in: -3...3) }
            let labels = (0..<rows).map { _ in
                let label = random.integer(below: classCount + 1)
                return label == classCount ? Int32(255) : Int32(label)
            }
            for smoothing in [Float(1), 0.25] {
                let loss = diceLoss(
                    Tensor(logits, shape: [rows, classCount]), labels: labels,
                    smoothing: smoothing, ignoreIndex: 255
                ).scalar()
                let truth = expected(
                    logits, labels, classCount: classCount, smoothing: Double(smoothing))
                #expect(abs(Double(loss) - truth) < 1e-5)
            }
        }
    }

    @Test func perfectIsZeroAndIgnoredRowsDoNotCount() {
        let labels: [Int32] = [0, 2, 1, 255, 2]
        var logits = labels.flatMap { label in (0..<3).map { Float($0 == Int(label) ? 40 : 0) } }
        let perfect = diceLoss(
            Tensor(logits, shape: [5, 3]), labels: labels, ignoreIndex: 255
        ).scalar()
        #expect(abs(perfect) < 1e-6)
        logits[3 * 3 + 1] = 17
        let same = diceLoss(
            Tensor(logits, shape: [5, 3]), labels: labels, ignoreIndex: 255
        ).scalar()
        #expect(same == perfect)
    }
}
