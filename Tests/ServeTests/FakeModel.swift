import Foundation
import Serve
import Synchronization

/// A model over a made-up image format, whose answers follow from the bytes of each image.
///
/// `IMG` and two bytes are an image with that number. `BIG` has too many pixels, `BAD` makes the
/// forward pass of its whole batch fail, `NAN` gives an answer that is not finite.
final class FakeModel: ServedModel {
    enum Input: Sendable, Equatable {
        case number(UInt16), bad, notFinite
    }

    struct Failure: Error {}

    let gate: Gate
    private let recordedBatches = Mutex<[Int]>([])
    private let recordedPreparations = Mutex(0)

    init(gate: Gate = Gate(isOpen: true)) {
        self.gate = gate
    }

    var batchSizes: [Int] { recordedBatches.withLock { $0 } }
    var preparationCount: Int { recordedPreparations.withLock { $0 } }

    let information = ModelInformation(
        name: "fake", architecture: "resnet0", parameterCount: 1_234_567,
        inputSize: (height: 40, width: 56),
        stages: [
            .init(name: "stem", outputShape: [16, 20, 28]), .init(name: "head", outputShape: [3]),
        ],
        checkpoint: "fake.safetensors", classNames: ["zebra", "a \"quoted\" cat", "münchen"],
        preprocessing: ["resize": 48, "crop": [40, 56]])

    func prepare(_ bytes: [UInt8], limits: ImageLimits) throws -> Input {
        recordedPreparations.withLock { $0 += 1 }
        switch String(decoding: bytes.prefix(3), as: UTF8.self) {
        case "IMG" where bytes.count >= 5: return .number(UInt16(bytes[3]) << 8 | UInt16(bytes[4]))
        case "BIG":
            throw ImageRejection.tooManyPixels(
                width: 90_001, height: 70_003, limit: limits.maximumPixels)
        case "BAD": return .bad
        case "NAN": return .notFinite
        default: throw ImageRejection.undecodable("it is neither JPEG nor PNG")
        }
    }

    func predict(_ inputs: [Input]) throws -> [[Float]] {
        recordedBatches.withLock { $0.append(inputs.count) }
        gate.pass()
        return try inputs.map { input in
            switch input {
            case .number(let number): return FakeModel.probabilities(of: number)
            case .notFinite: return [.nan, 0, 0]
            case .bad: throw Failure()
            }
        }
    }

    static func image(_ number: UInt16, size: Int = 5) -> [UInt8] {
        let head = Array("IMG".utf8) + [UInt8(number >> 8), UInt8(number & 255)]
        // Line ends and hyphens, as compressed data has them, to try the multipart parser.
        let filling: [UInt8] = [13, 10, 45, 45, 0, 255, 13, 13, 10]
        return head + (0..<max(0, size - 5)).map { filling[$0 % filling.count] }
    }

    static func probabilities(of number: UInt16) -> [Float] {
        let first = Float(number) / 65_536
        return [first, (1 - first) / 3, (1 - first) * 2 / 3]
    }
}

/// Lets a test hold the inference thread inside a forward pass.
final class Gate: @unchecked Sendable {
    private let condition = NSCondition()
    private var isOpen: Bool
    private var arrivals = 0

    init(isOpen: Bool) {
        self.isOpen = isOpen
    }

    var arrivalCount: Int {
        condition.withLock { arrivals }
    }

    func pass() {
        condition.lock()
        arrivals += 1
        while !isOpen { condition.wait() }
        condition.unlock()
    }

    func open() {
        condition.withLock {
            isOpen = true
            condition.broadcast()
        }
    }
}

/// Waits until `condition` holds; false when it does not within ten seconds.
func eventually(_ condition: () async throws -> Bool) async rethrows -> Bool {
    for _ in 0..<1_000 {
        if try await condition() { return true }
        try? await Task.sleep(for: .milliseconds(10))
    }
    return false
}
