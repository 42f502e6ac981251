import Support
import Testing
import Train

@Suite struct SweepTests {
    @Test func valuesAreListsAndRanges() throws {
        func values(_ text: String) throws -> [String] { try SweepAxis(text).values }
        #expect(try values("optimizer.learning_rate=0.1,0.05") == ["0.1", "0.05"])
        #expect(try values("seed=0..4") == ["0", "1", "2", "3", "4"])
        #expect(try values("seed=-1..1") == ["-1", "0", "1"])
        #expect(try values("augmentation.crop=null,{padding: 2, mode: reflect}").count == 2)
        #expect(try values("data.mean=[0.5,0.5,0.5],[0,0,0]") == ["[0.5,0.5,0.5]", "[0,0,0]"])
        #expect(try values("name=\"a,b\", c") == ["\"a,b\"", "c"])
        #expect(try values("seed=7") == ["7"])
        for wrong in ["seed", "=1", "seed=", "seed=1,,2", "seed=1,1", "seed=0..99999"] {
            #expect(throws: ConfigurationError.self) { try SweepAxis(wrong) }
        }
    }

    private static let base = Array(
        """
        epochs: 1
        data: {name: shapes}
        model: {name: resnet20}
        optimizer: {name: sgd}
        """.utf8)

    @Test func everyCombinationIsPlannedOnce() throws {
        let plan = try SweepPlan(
            base: Self.base, path: "x.yaml", overrides: ["batch_size=32"],
            axes: [
                try SweepAxis("optimizer.learning_rate=0.1,0.05"), try SweepAxis("seed=0..2"),
            ])
        let runs = plan.runs
        #expect(runs.map(\.name).first == "1-learning_rate=0.1-seed=0")
        #expect(
            runs.map(\.values) == [
                ["0.1", "0"], ["0.1", "1"], ["0.1", "2"], ["0.05", "0"], ["0.05", "1"],
                ["0.05", "2"],
            ])
        #expect(
            runs[5].overrides == ["batch_size=32", "optimizer.learning_rate=0.05", "seed=2"])
        try withTemporaryFolder { folder in
            #expect(try SweepPlan.read(folder: folder) == nil)
            try plan.write(to: folder)
            #expect(try SweepPlan.read(folder: folder) == plan)
        }
    }

    /// A mistake in any combination is found before the first run.
    @Test func mistakesAreFoundFirst() throws {
        for axes in [
            ["optimizer.name=sgd,adamw", "optimizer.momentum=0.9,0.8"], ["epochs=1,0"],
            ["seed=0..1", "seed=2..3"], ["threads=1,2"],
            ["seed=0..999", "batch_size=1,2,3,4,5,6,7,8,9,10,11"],
        ] {
            #expect(throws: ConfigurationError.self) {
                try SweepPlan(
                    base: Self.base, path: "x.yaml", overrides: [],
                    axes: try axes.map { try SweepAxis($0) })
            }
        }
    }

    /// Folders as runs leave them, without the training.
    @Test func groupsAreTheRunsOfAllSeeds() throws {
        let plan = try SweepPlan(
            base: Self.base, path: "x.yaml", overrides: [],
            axes: [
                try SweepAxis("optimizer.learning_rate=0.1,0.05"), try SweepAxis("seed=0..1"),
            ])
        let figures = [(0.5, 0.6), (0.7, 0.5), (0.9, 0.2), (0.8, 0.3)]
        try withTemporaryFolder { folder in
            for (run, (validation, test)) in zip(plan.runs, figures) {
                let configuration = try Configuration.parse(
                    Self.base, file: "x.yaml", overrides: run.overrides)
                let place = try RunDirectory.create(at: "\(folder)/\(run.name)")
                try place.write(
                    configuration.resolvedYAML(withOrigins: false), to: RunFile.configuration)
                let history = try History(creatingIn: place.path)
                try history.append(
                    HistoryRow(epoch: 1, step: 9, validationAccuracy: validation, seconds: 2))
                try place.write(
                    ["accuracy": .number(test), "data": "shapes, test split"],
                    to: RunFile.jsonReport)
            }
            let all = SweepResults(of: plan, in: folder, failures: [:])
            #expect(all.groups.map(\.values) == [["0.1"], ["0.05"]])
            #expect(all.groups.map(\.isBest) == [false, true], "by validation, not by test")
            expectClose(all.groups[0].validation?.mean, 0.6)
            expectClose(all.groups[0].validation?.standardDeviation, 0.02.squareRoot())
            expectClose(all.groups[1].test?.mean, 0.25)
            // t(0.975, 1) · s / √2, from scipy.
            expectClose(all.groups[1].test?.interval?.upper, 0.25 + 12.706204736174694 * 0.05)
            try all.write(to: folder)
            #expect(all.text.contains("25.00 ± 7.07 %"))
            let json = try JSONValue.parse(
                try String(contentsOfFile: folder + "/summary.json", encoding: .utf8))
            #expect(json["groups"]?.array?[1]["best"] == true)
            #expect(json["runs"]?.array?.count == 4)

            let failed = SweepResults(
                of: plan, in: folder + "/nowhere",
                failures: [plan.runs[2].name: "no memory"])
            #expect(failed.rows.map(\.status) == ["waiting", "waiting", "failed", "waiting"])
            #expect(failed.groups.allSatisfy { $0.validation == nil && !$0.isBest })
            #expect(failed.text.contains("no memory"))
        }
    }
}
