import Datasets
import Foundation
import Support
import Tensor
import Testing

/// Colours, rotations and policies against torchvision's results, byte for byte.
@Suite struct TorchvisionTests {
    private struct Case: Sendable, CustomTestStringConvertible {
        let picture: Image
        let values: JSONValue
        let expected: [UInt8]

        var testDescription: String { values.serialized() }

        func value() -> Double { values["value"]!.number! }
    }

    private static let cases: [Case] = {
        let (description, bytes) = (
            Fixtures.json("augmentations.json"), Fixtures.bytes("augmentations.bin")
        )
        var offset = 0
        func take(_ height: Int, _ width: Int) -> Image {
            defer { offset += height * width * 3 }
            return Image(
                width: width, height: height,
                pixels: Array(bytes[offset..<(offset + height * width * 3)]))
        }
        let pictures = description["sizes"]!.array!.map {
            take($0.array![0].integer!, $0.array![1].integer!)
        }
        let cases = description["cases"]!.array!.map { entry in
            let picture = pictures[entry["picture"]!.integer!]
            return Case(
                picture: picture, values: entry,
                expected: take(picture.height, picture.width).pixels)
        }
        precondition(offset == bytes.count)
        return cases
    }()

    private func operation(_ item: Case) -> SampleOperation? {
        let name = item.values["operation"]!.string!
        guard let policy = item.values["policy"]?.string else {
            return switch name {
            case "brightness": .photometric(.brightness(item.value()))
            case "contrast": .photometric(.contrast(item.value()))
            case "saturation": .photometric(.saturation(item.value()))
            case "sharpness": .photometric(.sharpness(item.value()))
            case "hue": .photometric(.hue(Float(item.value())))
            case "posterize": .photometric(.posterize(bits: Int(item.value())))
            case "solarize": .photometric(.solarize(threshold: Float(item.value())))
            case "autocontrast": .photometric(.autocontrast)
            case "equalize": .photometric(.equalize)
            case "greyscale": .photometric(.greyscale)
            case "rotate": .geometric(.affine(.rotation(degrees: item.value())))
            default: fatalError("no operation \(name)")
            }
        }
        let size = Spatial(height: item.picture.height, width: item.picture.width)
        let kind = AutomaticAugmentation.Kind.allCases.first {
            $0.rawValue.lowercased() == name.lowercased()
        }!
        return kind.operation(
            item.values["bin"]!.integer!, isNegative: item.values["negative"]!.bool!,
            range: policy == "wide" ? .wide : .standard(size), size)
    }

    @Test(arguments: cases) private func resultIsTorchvisions(_ item: Case) {
        var view = PixelView(item.picture)
        switch operation(item) {
        case .geometric(let operation): operation.apply(to: &view)
        case .photometric(let operation): view.change { operation.apply(to: $0) }
        case nil: break
        }
        let result = view.materialized().pixels
        let wrong = zip(result, item.expected).count { $0 != $1 }
        #expect(result.count == item.expected.count && wrong == 0, "\(wrong) bytes differ")
    }

    /// All 31 strengths, not only those that pictures were made with.
    @Test(arguments: ["wide", "standard"]) func strengthsAreTorchvisions(policy: String) {
        let size = Spatial(height: 19, width: 24)
        let range: AutomaticAugmentation.MagnitudeRange =
            policy == "wide" ? .wide : .standard(size)
        let tables = Fixtures.json("augmentations.json")["strengths"]![policy]!
        for kind in AutomaticAugmentation.Kind.allCases {
            let name = tables.members!.first { $0.key.lowercased() == kind.rawValue.lowercased() }
            guard let table = name?.value.array else { continue }
            for (bin, strength) in table.enumerated() {
                let operation = kind.operation(bin, isNegative: false, range: range, size)!
                let (found, exact) = strengthOf(operation)
                let expected = strength.number!
                if exact {
                    #expect(found == expected.rounded(.towardZero), "\(kind) \(bin)")
                } else {
                    #expect(abs(found - expected) < 1e-4, "\(kind) \(bin): \(found), \(expected)")
                }
            }
        }
    }

    private func strengthOf(_ operation: SampleOperation) -> (Double, exact: Bool) {
        switch operation {
        case .geometric(.crop(let top, let left, _, _)): (Double(-top - left), true)
        case .geometric(.affine(let map)):
            map.a == 1
                ? (map.b + map.d, false) : (acos(map.a) * 180 / .pi, false)
        case .photometric(.posterize(let bits)): (Double(bits), true)
        case .photometric(.solarize(let threshold)): (Double(threshold) / 255, false)
        case .photometric(.brightness(let factor)), .photometric(.contrast(let factor)),
            .photometric(.saturation(let factor)), .photometric(.sharpness(let factor)):
            (factor - 1, false)
        default: fatalError("\(operation)")
        }
    }
}
