import Datasets
import Foundation
import Support
import Tensor
import Testing

/// The committed golden files.
enum Fixtures {
    static let folder = URL(fileURLWithPath: #filePath)
        .deletingLastPathComponent().appendingPathComponent("Fixtures").path

    static func bytes(_ name: String) -> [UInt8] {
        do { return try Files.read("\(folder)/\(name)") } catch {
            fatalError("\(error)")
        }
    }

    static func json(_ name: String) -> JSONValue {
        do { return try JSONValue.parse(String(decoding: bytes(name), as: UTF8.self)) } catch {
            fatalError("\(name): \(error)")
        }
    }

    struct Picture: Sendable, CustomTestStringConvertible {
        let name: String
        let bytes: [UInt8]
        let expected: Image
        var testDescription: String { name }
    }

    static let pictures: [Picture] = {
        let decoded = bytes("pictures.bin")
        var offset = 0
        return json("pictures.json")["pictures"]!.array!.map { entry in
            let width = entry["width"]!.integer!
            let height = entry["height"]!.integer!
            let end = offset + width * height * 3
            defer { offset = end }
            let image = Image(
                width: width, height: height, pixels: Array(decoded[offset..<end]))
            return Picture(
                name: entry["name"]!.string!, bytes: bytes("pictures/\(entry["file"]!.string!)"),
                expected: image)
        }
    }()

    static func picture(_ name: String) -> Picture { pictures.first { $0.name == name }! }
}

/// A folder that is gone when the value is.
final class TemporaryFolder {
    let path: String

    init() {
        path = NSTemporaryDirectory() + "residual-data-\(UUID().uuidString)"
        Files.makeFolder(path)
    }

    deinit { try? FileManager.default.removeItem(atPath: path) }

    func write(_ bytes: [UInt8], to name: String) throws {
        let target = "\(path)/\(name)"
        Files.makeFolder(String(target[..<target.lastIndex(of: "/")!]))
        try AtomicFile.write(bytes, to: target)
    }
}

/// A picture whose every pixel tells where it is and which picture it is of.
func patternImage(width: Int, height: Int, number: Int = 0) -> Image {
    var pixels: [UInt8] = []
    for y in 0..<height {
        for x in 0..<width {
            pixels += [
                UInt8((y * 7 + number) % 256), UInt8((x * 5 + number * 3) % 256),
                UInt8((x * y + number * 11) % 256),
            ]
        }
    }
    return Image(width: width, height: height, pixels: pixels)
}

/// A data set made in memory; some of its pictures may be unreadable.
struct PatternDataset: Dataset {
    var count: Int
    var width = 9
    var height = 7
    var unreadable: Set<Int> = []
    var oddSizes: Set<Int> = []
    let classNames = ["a", "b", "c"]
    var fingerprint: String { "pattern-\(count)-\(width)-\(height)" }

    func label(at index: Int) -> Int32 { Int32(index % 3) }
    func name(at index: Int) -> String { "pattern/\(index)" }
    func image(at index: Int) throws(ImageError) -> Image {
        if unreadable.contains(index) {
            throw ImageError(name: name(at: index), reason: .unreadable("it burned"))
        }
        let extra = oddSizes.contains(index) ? 1 : 0
        return patternImage(width: width + extra, height: height, number: index)
    }
}
