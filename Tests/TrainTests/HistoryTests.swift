import Foundation
import Support
import Testing
import Train

@Suite struct HistoryTests {
    private static let header =
        "epoch,step,train_loss,train_accuracy,validation_loss,validation_accuracy,"
        + "learning_rate,images_per_second,seconds,weights_sha256"

    private func row(_ epoch: Int) -> HistoryRow {
        HistoryRow(
            epoch: epoch, step: epoch * 391, trainLoss: 2.5 / Double(epoch),
            validationAccuracy: epoch % 2 == 0 ? 0.1 * Double(epoch) : nil, learningRate: 0.4,
            seconds: 61.5 * Double(epoch), weightsHash: epoch == 2 ? "0a1b" : nil)
    }

    private func lines(_ folder: String, _ file: String) throws -> [String] {
        let text = try String(contentsOfFile: folder + "/" + file, encoding: .utf8)
        #expect(text.hasSuffix("\n") || text.isEmpty)
        return text.split(separator: "\n").map(String.init)
    }

    @Test func bothFilesHoldWhatWasMeasured() throws {
        try withTemporaryFolder { folder in
            let history = try History(creatingIn: folder)
            for epoch in 1...3 { try history.append(row(epoch)) }
            #expect(
                try lines(folder, "history.csv") == [
                    Self.header, "1,391,2.5,,,,0.4,,61.5,", "2,782,1.25,,,0.2,0.4,,123.0,0a1b",
                    "3,1173,0.8333333333333334,,,,0.4,,184.5,",
                ])
            let json = try lines(folder, "history.jsonl")
            #expect(json.count == 3)
            #expect(
                json[0] == #"{"epoch":1,"step":391,"train_loss":2.5,"train_accuracy":null,"#
                    + #""validation_loss":null,"validation_accuracy":null,"learning_rate":0.4,"#
                    + #""images_per_second":null,"seconds":61.5,"weights_sha256":null}"#)
            #expect(try History.read(folder: folder) == history.rows)
        }
    }

    @Test func aSecondHistoryIsRefused() throws {
        try withTemporaryFolder { folder in
            _ = try History(creatingIn: folder)
            #expect(throws: FileError.self) { try History(creatingIn: folder) }
        }
    }

    /// A kill may come after the checkpoint of epoch 2, anywhere up to a half-written line of epoch
    /// 4.
    @Test(arguments: [0, 1, 17, 60]) func resumingLeavesNoGapAndNoDouble(cut: Int) throws {
        try withTemporaryFolder { folder in
            do {
                let history = try History(creatingIn: folder)
                for epoch in 1...4 { try history.append(row(epoch)) }
            }
            for file in ["history.jsonl", "history.csv"] {
                let url = URL(fileURLWithPath: folder + "/" + file)
                let bytes = try Data(contentsOf: url)
                try bytes.dropLast(min(cut, 20)).write(to: url)
            }
            let resumed = try History(resumingIn: folder, epoch: 2, step: 782)
            #expect(resumed.rows == [row(1), row(2)])
            for epoch in 3...5 { try resumed.append(row(epoch)) }
            let table = try lines(folder, "history.csv")
            #expect(table.first == Self.header)
            #expect(
                table.dropFirst().map { $0.prefix { $0 != "," } } == ["1", "2", "3", "4", "5"])
            #expect(try History.read(folder: folder) == (1...5).map { row($0) })
        }
    }

    @Test func resumingWithinAnEpochDropsLaterSteps() throws {
        try withTemporaryFolder { folder in
            let history = try History(creatingIn: folder)
            for step in [100, 200, 300] {
                try history.append(HistoryRow(epoch: 0, step: step, trainLoss: 1))
            }
            let resumed = try History(resumingIn: folder, epoch: 0, step: 250)
            #expect(resumed.rows.map(\.step) == [100, 200])
        }
    }

    @Test func rowsOfACheckpointReplaceTheFiles() throws {
        try withTemporaryFolder { folder in
            let history = try History(restoring: [row(1), row(2)], in: folder)
            try history.append(row(3))
            #expect(try lines(folder, "history.csv").count == 4)
            #expect(try History.read(folder: folder) == [row(1), row(2), row(3)])
        }
    }

    @Test func aNewMeasurementAddsAColumn() throws {
        try withTemporaryFolder { folder in
            let history = try History(creatingIn: folder)
            try history.append(HistoryRow(epoch: 1, step: 5, trainLoss: 1))
            let extras: [(name: String, value: Double?)] = [("ema, accuracy", 0.5), ("norm", nil)]
            try history.append(HistoryRow(epoch: 2, step: 10, trainLoss: .nan, extras: extras))
            try history.append(
                HistoryRow(epoch: 3, step: 15, trainLoss: .infinity, extras: [("norm", 7.25)]))
            #expect(
                try lines(folder, "history.csv") == [
                    Self.header + ",\"ema, accuracy\",norm", "1,5,1.0,,,,,,,,,",
                    "2,10,nan,,,,,,,,0.5,",
                    "3,15,inf,,,,,,,,,7.25",
                ])
            let resumed = try History(resumingIn: folder, epoch: 3, step: 15)
            #expect(resumed.rows[1].extras.map(\.name) == ["ema, accuracy", "norm"])
            #expect(resumed.rows[2].extras.map(\.value) == [7.25])
            #expect(resumed.rows[1].trainLoss == nil)
        }
    }

    /// Runs made before there were hashes go on, and get the column.
    @Test func aHistoryWithoutHashesIsReadAndGoneOnWith() throws {
        try withTemporaryFolder { folder in
            try AtomicFile.write(
                #"{"epoch":1,"step":391,"train_loss":2.5,"seconds":61.5,"norm":3}"# + "\n",
                to: folder + "/history.jsonl")
            let resumed = try History(resumingIn: folder, epoch: 1, step: 391)
            #expect(resumed.rows[0].weightsHash == nil)
            #expect(resumed.rows[0].extras.map(\.name) == ["norm"])
            try resumed.append(row(2))
            #expect(
                try lines(folder, "history.csv") == [
                    Self.header + ",norm", "1,391,2.5,,,,,,61.5,,3.0",
                    "2,782,1.25,,,0.2,0.4,,123.0,0a1b,",
                ])
            #expect(
                HistoryRow(json: ["epoch": 1, "step": 1, "weights_sha256": 7]) == nil,
                "a hash is a text")
        }
    }

    @Test func brokenLinesAreNamed() throws {
        try withTemporaryFolder { folder in
            let path = folder + "/history.jsonl"
            #expect(
                throws: FileError(
                    path: path, message: "is missing: this run has no history")
            ) { try History.read(folder: folder) }
            try AtomicFile.write("{\"epoch\":1,\"step\":2}\n{\"epoch\":1,]\n", to: path)
            #expect(
                performing: { try History.read(folder: folder) },
                throws: {
                    "\($0)".hasPrefix("\(path):2:12: is not JSON")
                })
            try AtomicFile.write("{\"epoch\":1,\"step\":\"x\"}\n", to: path)
            #expect(
                performing: { try History.read(folder: folder) },
                throws: {
                    "\($0)".hasPrefix("\(path):1: expected an object")
                })
        }
    }
}
