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

    init(_ program: PlanProgram, capacity: Int, segments: [PlanSegment]) {
        self.segments = segments
        let requests = Self.requests(program, capacity: capacity, segments: segments)
        let layout = BufferLayout(requests.map(\.buffer))
        places = program.valueCounts.indices.map {
            PlanPlace(
                offset: layout.offsets[$0], imageByteCount: program.valueCounts[$0] * 4,
                isWhole: requests[$0].isWhole)
        }
        arenaByteCount = layout.byteCount
    }

    /// A value that is made and used in one segment needs room for one pass. One that goes from
    /// segment to segment has room for all images, during all passes of the segments it touches.
    static func requests(
        _ program: PlanProgram, capacity: Int, segments: [PlanSegment]
    ) -> [(buffer: BufferRequest, isWhole: Bool)] {
        var first = [Int](repeating: .max, count: program.valueCounts.count)
        var last = [Int](repeating: -1, count: program.valueCounts.count)
        for (index, step) in program.steps.enumerated() {
            for value in [step.x, step.second, step.y] where value >= 0 {
                first[value] = min(first[value], index)
                last[value] = max(last[value], index)
            }
        }
        return program.valueCounts.indices.map { value in
            let start = segments.first { $0.steps.contains(first[value]) }!
            let end = segments.first { $0.steps.contains(last[value]) }!
            let isWhole = start != end
            let images = isWhole ? capacity : min(capacity, start.imageCount)
            return (
                BufferRequest(
                    byteCount: images * program.valueCounts[value] * 4,
                    lifetime: isWhole
                        ? start.steps.lowerBound...end.steps.upperBound - 1
                        : first[value]...last[value]),
                isWhole
            )
        }
    }
}
