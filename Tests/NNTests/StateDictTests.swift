import NN
import Support
import Tensor
import Testing

/// Keys, shapes and layouts of saved state.
struct StateDictTests {
    struct Listing: Sendable, CustomTestStringConvertible {
        let name: String
        let keys: [String]
        let shapes: [[Int]]
        var testDescription: String { name }
    }

    /// torchvision's keys and shapes, as Fixtures/make_fixtures.py wrote them.
    static func listings() throws -> [Listing] {
        let lines = try readText("state_dict_keys.txt").split(separator: "\n").map {
            $0.split(separator: " ").map(String.init)
        }
        var listings: [Listing] = []
        var position = 0
        while position < lines.count {
            let count = Int(lines[position][1])!
            let rows = lines[position + 1...position + count]
            listings.append(
                Listing(
                    name: lines[position][0], keys: rows.map { $0[0] },
                    shapes: rows.map {
                        $0[1] == "-" ? [] : $0[1].split(separator: "x").map { Int($0)! }
                    }))
            position += count + 1
        }
        return listings
    }

    @Test func keysAndShapesAreTorchvisions() throws {
        let listings = try Self.listings()
        #expect(listings.map(\.keys.count) == [122, 218, 320, 626])
        for listing in listings {
            let model = try ModelRegistry.make(listing.name, classCount: 1000, seed: nil)
            let state = model.stateDict()
            #expect(state.map(\.key) == listing.keys, "\(listing.name)")
            #expect(state.map(\.entry.shape) == listing.shapes, "\(listing.name)")
            for (key, entry) in state {
                let isCounter = key.hasSuffix("num_batches_tracked")
                #expect(entry.elementType == (isCounter ? .i64 : .f32), "\(key)")
            }
        }
    }

    @Test func layoutsAtTheBorder() throws {
        // Filters [kH, kW, I, O] = [2, 3, 4, 5] ↔ [O, I, kH, kW].
        let filter = Parameter(
            Tensor((0..<120).map(Float.init), shape: [2, 3, 4, 5]), role: .filter)
        let entry = StateEntry(filter)
        #expect(entry.shape == [5, 4, 2, 3])
        let values = try entry.floats()
        for o in 0..<5 {
            for i in 0..<4 {
                for h in 0..<2 {
                    for w in 0..<3 {
                        let here = Float(((h * 3 + w) * 4 + i) * 5 + o)
                        #expect(values[((o * 4 + i) * 2 + h) * 3 + w] == here)
                    }
                }
            }
        }
        let matrix = StateEntry(
            Parameter(Tensor([1, 2, 3, 4, 5, 6], shape: [2, 3]), role: .matrix))
        #expect(matrix.shape == [3, 2])
        #expect(try matrix.floats() == [1, 4, 2, 5, 3, 6])
    }

    @Test func roundTripThroughAFile() throws {
        let path = temporaryPath("round-trip.safetensors")
        defer { removeFile(path) }
        let model = try ModelRegistry.make("resnet20", classCount: 7, seed: 3)
        let x = formulaImages(60_000, 3, 9, 11)
        _ = model(x, .training(Randomness(seed: 1, step: 0)))
        try SafetensorsFile.write(model.stateDict(), metadata: [("format", "pt")], to: path)

        let other = try ModelRegistry.make("resnet20", classCount: 7, seed: 4)
        #expect(other(x, .inference).array() != model(x, .inference).array())
        let file = try SafetensorsFile(path: path)
        try other.loadStateDict(file.stateDict(), source: path)
        #expect(other(x, .inference).array() == model(x, .inference).array())
        for (a, b) in zip(model.stateDict(), other.stateDict()) {
            #expect(a.key == b.key)
            #expect(try a.entry.bytes() == b.entry.bytes(), "\(a.key)")
        }
        #expect(
            try #require(other.stateDict().first { $0.key == "bn1.num_batches_tracked" })
                .entry.integers() == [1])
    }

    @Test func allProblemsAreReportedAtOnceAndNothingChanges() throws {
        let model = Sequential(Linear(inFeatures: 3, outFeatures: 2), BatchNorm2d(5))
        var state = model.stateDict()
        state.removeAll { $0.key == "0.bias" || $0.key == "1.running_var" }
        state[0].entry = StateEntry(Tensor.ones([3, 2]))
        state.append(("fc.weight", StateEntry(Tensor.ones([1]))))
        state.append(("1.bias", StateEntry(Tensor.ones([5]))))
        let error = #expect(throws: StateDictError.self) {
            try model.loadStateDict(state, source: "old.safetensors")
        }
        #expect(
            error?.description == """
                old.safetensors: does not fit the model: 2 missing keys (0.bias, 1.running_var); \
                1 unexpected key (fc.weight); 1 misshaped key (0.weight expects [2, 3], found \
                [3, 2]); 1 repeated key (1.bias)
                """)
        #expect(model.parameters[0].value.array() == [Float](repeating: 0, count: 6))
        #expect(model.parameters[3].value.array() == [Float](repeating: 0, count: 5))
    }

    @Test func countersMayBeAbsent() throws {
        let model = BatchNorm2d(3)
        model.batchCount.value = 9
        var state = model.stateDict().filter { $0.key != "num_batches_tracked" }
        state[0].entry = StateEntry(Tensor([1, 2, 3], shape: [3]))
        try model.loadStateDict(state)
        #expect(model.weight.value.array() == [1, 2, 3])
        #expect(model.batchCount.value == 9)
    }

    @Test func aSnapshotKeepsItsValues() throws {
        let model = Linear(inFeatures: 2, outFeatures: 3)
        model.initialize(seed: 5)
        let before = model.weight.value.array()
        let state = model.stateDict()
        model.weight.value.assign([9, 9, 9, 9, 9, 9])
        try model.loadStateDict(state)
        #expect(model.weight.value.array() == before)
    }
}

/// How state is found in a module's properties.
struct ModuleWalkTests {
    class Plain: Module {
        func callAsFunction(_ x: Tensor, _ phase: Phase) -> Tensor { x }
        func outputShape(for input: Shape, noting trace: inout ShapeTrace) -> Shape { input }
        func lower(_ x: PlanValue, into plan: inout PlanBuilder) -> PlanValue { x }
    }

    class Base: Plain {
        let first = Linear(inFeatures: 1, outFeatures: 1, bias: false)
    }

    final class Nested: Base {
        let branches: [any Module] = [Identity(), BatchNorm2d(2)]
        let missing: Linear? = nil
        let present: Linear? = Linear(inFeatures: 2, outFeatures: 1)
        let scales = [Parameter(.ones([1]), role: .vector), Parameter(.ones([2]), role: .vector)]
        let chain = Sequential(ReLU(), Sequential(Linear(inFeatures: 1, outFeatures: 1)))
        let sizes = [3, 4]
        let pair = (1, "two")
        let table = ["a": 1]
    }

    @Test func namesFollowTheProperties() {
        #expect(
            Nested().stateDict().map(\.key) == [
                "first.weight", "branches.1.weight", "branches.1.bias", "branches.1.running_mean",
                "branches.1.running_var", "branches.1.num_batches_tracked", "present.weight",
                "present.bias", "scales.0", "scales.1", "chain.1.0.weight", "chain.1.0.bias",
            ])
    }

    final class InDictionary: Plain {
        let layers = ["a": Linear(inFeatures: 1, outFeatures: 1)]
    }

    final class InTuple: Plain {
        let pair = (1, Parameter(.ones([1]), role: .vector))
    }

    final class InLazy: Plain {
        lazy var late = Linear(inFeatures: 1, outFeatures: 1)
    }

    final class Shared: Plain {
        let one: Linear
        let two: Linear
        override init() {
            one = Linear(inFeatures: 1, outFeatures: 1)
            two = one
        }
    }

    @Test func stateInADictionaryIsRefused() async {
        let result = await #expect(processExitsWith: .failure, observing: [\.standardErrorContent])
        {
            _ = InDictionary().parameters
        }
        #expect(message(result).contains("property 'layers'"))
    }

    @Test func stateInATupleIsRefused() async {
        let result = await #expect(processExitsWith: .failure, observing: [\.standardErrorContent])
        {
            _ = InTuple().parameters
        }
        #expect(message(result).contains("property 'pair'"))
    }

    @Test func lazyStateIsRefused() async {
        let result = await #expect(processExitsWith: .failure, observing: [\.standardErrorContent])
        {
            _ = InLazy().parameters
        }
        #expect(message(result).contains("property 'late' is lazy"))
    }

    @Test func sharedStateIsRefused() async {
        let result = await #expect(processExitsWith: .failure, observing: [\.standardErrorContent])
        {
            _ = Shared().parameters
        }
        #expect(message(result).contains("'one' and 'two' are the same object"))
    }
}
