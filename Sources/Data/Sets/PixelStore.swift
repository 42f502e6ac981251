import Synchronization

/// Equally sized pictures in one block of memory, as CIFAR's files hold them.
///
/// Pictures are kept interleaved (RGBRGB…), so that reading one is a copy of one range.
final class PixelStore: Sendable {
    let width: Int
    let height: Int
    let pixels: [UInt8]
    let labels: [Int32]
    private let cachedFingerprint = Mutex<String?>(nil)

    init(width: Int, height: Int, pixels: [UInt8], labels: [Int32]) {
        self.width = width
        self.height = height
        self.pixels = pixels
        self.labels = labels
    }

    func image(at index: Int) -> Image {
        let size = width * height * 3
        return Image(
            width: width, height: height,
            pixels: Array(pixels[(index * size)..<((index + 1) * size)]))
    }

    /// Of size, labels, class names and all pixels. Hashing 150 MB takes a fraction of a second,
    /// so it waits until somebody asks.
    func fingerprint(classNames: [String]) -> String {
        cachedFingerprint.withLock { cached in
            if let cached { return cached }
            var hash = ContentHash()
            hash.add(width)
            hash.add(height)
            for name in classNames { hash.add(name) }
            for label in labels { hash.add(Int(label)) }
            hash.add(pixels)
            let result = hash.finish()
            cached = result
            return result
        }
    }
}
