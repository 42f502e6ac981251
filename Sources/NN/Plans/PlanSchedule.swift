import Tensor

/// Neighbouring steps that run on a few images at a time.
struct PlanSegment: Equatable {
    /// The steps.
    var steps: Range<Int>
    /// The images of one pass over them.
    var imageCount: Int
}

/// Where a value of a plan lies.
struct PlanPlace: Equatable {
    /// From the start of the arena, in bytes.
    var offset: Int
    /// The bytes of one image.
    var imageByteCount: Int
    /// Whether all images of the batch have their place, or only those of one pass.
    var isWhole: Bool
}

/// How a program runs on batches of up to some size: in which passes, and where its values lie.
struct PlanSchedule {
    let segments: [PlanSegment]
    let places: [PlanPlace]
    /// The size of the block of memory that holds all values.
    let arenaByteCount: Int

    /// Values of one pass that stay in the third level of cache, in bytes.
    static let passByteCount = 8 << 20

    /// Schedules `program` for batches of up to `capacity` images.
    init(_ program: PlanProgram, capacity: Int, passByteCount: Int = Self.passByteCount) {
        let lifetimes = Self.lifetimes(program)
        segments = Self.segments(program, lifetimes, capacity, passByteCount)
        let values = zip(program.valueCounts, lifetimes).map { [segments] count, lifetime in
            Self.value(count * 4, lifetime, capacity, segments)
        }
        let layout = BufferLayout(values.map(\.request))
        places = zip(program.valueCounts, values).enumerated().map { index, value in
            PlanPlace(
                offset: layout.offsets[index], imageByteCount: value.0 * 4,
                isWhole: value.1.isWhole)
        }
        arenaByteCount = layout.byteCount
    }

    /// From the step that makes a value to the last that needs it.
    private static func lifetimes(_ program: PlanProgram) -> [ClosedRange<Int>] {
        var first = [Int](repeating: .max, count: program.valueCounts.count)
        var last = [Int](repeating: 0, count: program.valueCounts.count)
        for (index, step) in program.steps.enumerated() {
            for value in [step.x, step.second, step.y] where value >= 0 {
                first[value] = min(first[value], index)
                last[value] = max(last[value], index)
            }
        }
        return zip(first, last).map { $0...$1 }
    }

    /// Runs wide early layers on a few images at a time, so that what one writes is still in the
    /// cache when the next reads it, and narrow late ones, whose filters are large, on many.
    ///
    /// The images of a pass are a power of two (or all), as many as have their values in
    /// `passByteCount` at this and every later step: passes only grow.
    private static func segments(
        _ program: PlanProgram, _ lifetimes: [ClosedRange<Int>], _ capacity: Int,
        _ passByteCount: Int
    ) -> [PlanSegment] {
        var alive = [Int](repeating: 0, count: program.steps.count)
        for (count, lifetime) in zip(program.valueCounts, lifetimes) {
            for step in lifetime { alive[step] += count * 4 }
        }
        var segments: [PlanSegment] = []
        var most = capacity
        for step in program.steps.indices.reversed() {
            let fitting = max(1, passByteCount / max(alive[step], 1))
            let power = 1 << (Int.bitWidth - 1 - fitting.leadingZeroBitCount)
            if power < most { most = power }
            if let next = segments.last, next.imageCount == most {
                segments[segments.count - 1].steps = step..<next.steps.upperBound
            } else {
                segments.append(PlanSegment(steps: step..<step + 1, imageCount: most))
            }
        }
        return segments.reversed()
    }

    /// A value that is made and used in one segment needs room for one pass. One that goes from
    /// segment to segment has room for all images, during all passes of the segments it touches.
    private static func value(
        _ imageByteCount: Int, _ lifetime: ClosedRange<Int>, _ capacity: Int,
        _ segments: [PlanSegment]
    ) -> (request: BufferRequest, isWhole: Bool) {
        let touched = segments.filter { $0.steps.overlaps(Range(lifetime)) }
        if touched.count == 1 {
            return (
                BufferRequest(
                    byteCount: imageByteCount * touched[0].imageCount, lifetime: lifetime), false
            )
        }
        let steps = touched[0].steps.lowerBound...touched[touched.count - 1].steps.upperBound - 1
        return (BufferRequest(byteCount: imageByteCount * capacity, lifetime: steps), true)
    }
}
