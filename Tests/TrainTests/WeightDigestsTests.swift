import Foundation
import NN
import Support
import Tensor
import Testing
import Train

@Suite struct WeightDigestsTests {
    /// Two entries in an order that is not that of their names.
    private func file(_ path: String, _ values: [Float], counter: Int64 = 3) throws {
        try SafetensorsFile.write(
            [
                ("b.weight", StateEntry(Tensor(values, shape: [values.count]))),
                ("a.count", StateEntry([counter])),
                ("training.momentum.b.weight", StateEntry(Tensor([9], shape: [1]))),
            ], metadata: [("residual.training", #"{"step":4,"seconds":1,"history":[]}"#)], to: path)
    }

    /// Python: hashlib.sha256 of struct.pack("<2f", 1, -2) and "<q" of 3, then of the two lines.
    @Test func theDigestIsTheDocumentedOne() throws {
        try withTemporaryFolder { folder in
            try file(folder + "/x", [1, -2])
            let digests = try WeightDigests(of: try SafetensorsFile(path: folder + "/x"))
            let byKey = Dictionary(
                uniqueKeysWithValues: digests.entries.map { ($0.key, $0.sha256) })
            #expect(byKey.count == 2)
            #expect(
                byKey["b.weight"]
                    == "ee4ac73c2bd27756ab82780f27c73a7bc4d3f0bb6acb37e008bc27eccd7e588b")
            #expect(
                byKey["a.count"]
                    == "35be322d094f9d154a8aba4733b8497f180353bd7ae7b0a15f90b586b549f28b")
            #expect(
                digests.sha256
                    == "fb304130cde272eec797c77bfae2707017759c587846349786fc216bd2ab1b5f")
        }
    }

    @Test func aModelAndItsFileHaveTheSameDigests() throws {
        try withTemporaryFolder { folder in
            let model = try ModelRegistry.make("resnet20", classCount: 10, seed: 4)
            try SafetensorsFile.write(
                model.stateDict(), metadata: [("format", "pt")], to: folder + "/x")
            let ours = try WeightDigests(of: model)
            #expect(
                ours.sha256 == (try WeightDigests(of: SafetensorsFile(path: folder + "/x")).sha256))
            let before = model.parameters[3].value
            var values = before.array()
            values[0] = values[0].nextUp
            model.parameters[3].value = Tensor(values, shape: before.shape)
            let changed = try WeightDigests(of: model)
            #expect(changed.sha256 != ours.sha256)
            #expect(zip(changed.entries, ours.entries).count { $0 != $1 } == 1)
        }
    }

    @Test func resumingDropsLaterLinesAndTornOnes() throws {
        try withTemporaryFolder { folder in
            let model = try ModelRegistry.make("resnet20", classCount: 10, seed: 4)
            let digests = try WeightDigests(of: model)
            do {
                let log = try WeightLog(restoringIn: folder, epoch: 0, batch: 0)
                for (epoch, batch, step) in [(0, 2, 2), (0, 4, 4), (1, 0, 5), (1, 1, 6)] {
                    try log.append(.init(epoch: epoch, batch: batch, step: step, digests: digests))
                }
            }
            let path = folder + "/" + RunFile.weightHashes
            let bytes = try Data(contentsOf: URL(fileURLWithPath: path))
            try bytes.dropLast(7).write(to: URL(fileURLWithPath: path))
            #expect(try WeightLog.read(folder: folder).rows.map(\.step) == [2, 4, 5])
            let log = try WeightLog(restoringIn: folder, epoch: 0, batch: 4)
            try log.append(.init(epoch: 1, batch: 0, step: 5, digests: digests))
            let (names, rows) = try WeightLog.read(folder: folder)
            #expect(names == digests.entries.map(\.key))
            #expect(rows.map(\.step) == [2, 4, 5])
            #expect(rows.allSatisfy { $0.sha256 == digests.sha256 })
            try AtomicFile.write("{\"names\":[\"a\"]}\n{\"epoch\":1}\n", to: path)
            #expect(
                performing: { try WeightLog.read(folder: folder) },
                throws: { "\($0)".hasPrefix("\(path):2: expected an object") })
        }
    }

    @Test func checkpointsAreComparedInEverythingButTime() throws {
        try withTemporaryFolder { folder in
            let (a, b) = (folder + "/a", folder + "/b")
            try file(a, [1, -2])
            try file(b, [1, -2])
            #expect(try CheckpointComparison(a, b).isSame)
            try file(b, [1, -2.5])
            let other = try CheckpointComparison(a, b)
            #expect(other.differentTensors == ["b.weight"] && other.largestInFirst == 0.5)
            #expect(other.modelCount == 2 && other.optimizerCount == 1)
            try SafetensorsFile.write(
                [], metadata: [("residual.training", #"{"step":5,"seconds":2,"history":[]}"#)],
                to: b)
            let state = try CheckpointComparison(a, b)
            #expect(state.differentState == ["step"])
            #expect(
                Set(state.differentTensors)
                    == ["b.weight", "a.count", "training.momentum.b.weight"])
        }
    }
}
