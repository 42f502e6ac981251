import Foundation
import Glibc
import NN
import Support
import Testing
import Train

extension CommandTests {
    /// A killed run goes on and ends in the same bits as one that was let alone.
    @Suite struct ResumeTests {
        /// When the program is killed, twenty times in all.
        enum Moment: Sendable {
            /// Seconds after it was started.
            case seconds(Double)
            /// A part of the time that the whole run takes.
            case part(Double)

            func seconds(of duration: Double) -> Double {
                switch self {
                case .seconds(let seconds): seconds
                case .part(let part): part * duration
                }
            }
        }

        static let moments: [Moment] = [
            .part(0.53), .seconds(0.005), .part(0.31), .part(0.44), .seconds(0.05), .part(0.72),
            .part(0.26), .seconds(0.02), .part(0.38), .part(0.61), .part(0.93), .part(0.47),
            .part(0.08), .seconds(0.1), .part(0.35), .part(0.83), .part(0.29), .part(0.17),
            .part(0.66), .part(0.97),
        ]

        @Test func aRunKilledTwentyTimesEndsInTheSameBits() async throws {
            let whole = try await Samples.trainedRun()
            let single = try Workplace()
            try single.write(Samples.configuration, to: "tiny.yaml")
            let outcome = try await Program.run(
                ["train", "tiny.yaml", "seed=7", "threads=1"], in: single)
            #expect(outcome.succeeded, "\(outcome.errors)")
            let alone = TrainedRun(
                place: single, name: try #require(single.runs.first), outcome: outcome)
            try expectSameRun(alone, whole, "1 thread against 2")

            var remaining = Self.moments[...]
            var attempts = 0
            var duration = min(alone.outcome.seconds, whole.outcome.seconds)
            while !remaining.isEmpty {
                let place = try Workplace()
                try place.write(Samples.configuration, to: "tiny.yaml")
                var threads = 2
                while true {
                    attempts += 1
                    try #require(attempts < 80, "the program is always done before it is killed")
                    threads = 3 - threads
                    let isFresh = place.runs.isEmpty
                    let outcome = try await Program.run(
                        Self.command(in: place, threads: threads), in: place,
                        killAfter: remaining.first?.seconds(of: duration))
                    if outcome.ending == .signalled(SIGKILL) {
                        remaining.removeFirst()
                        try expectWhole(place)
                    } else {
                        try #require(outcome.succeeded, "\(outcome.ending): \(outcome.errors)")
                        // It was done before it could be killed; the machine is faster now.
                        if isFresh { duration *= 0.85 }
                        break
                    }
                }
                let run = try #require(place.runs.last)
                try expectSameRun(
                    TrainedRun(place: place, name: run, outcome: whole.outcome), whole,
                    "\(remaining.count) kills before the end of the list")
            }
        }

        /// Goes on where there is something to go on with; else starts.
        private static func command(in place: Workplace, threads: Int) -> [String] {
            if let run = place.runs.last {
                return ["train", "--resume", run, "threads=\(threads)"]
            }
            return ["train", "tiny.yaml", "seed=7", "threads=\(threads)"]
        }

        /// What a kill leaves behind is never torn.
        private func expectWhole(_ place: Workplace) throws {
            for run in place.runs {
                for file in [RunFile.lastCheckpoint, RunFile.bestCheckpoint]
                where place.exists("\(run)/\(file)") {
                    let opened = try SafetensorsFile(path: place.file("\(run)/\(file)"))
                    #expect(opened.entries.count > 100)
                }
                if place.exists("\(run)/\(RunFile.historyLines)") {
                    _ = try History.read(folder: place.file(run))
                }
                _ = try Configuration.load(
                    contentsOf: place.file("\(run)/\(RunFile.configuration)"))
            }
        }

        /// The same weights, optimiser, history and figures.
        private func expectSameRun(
            _ run: TrainedRun, _ whole: TrainedRun, _ comment: Comment,
            sourceLocation: SourceLocation = #_sourceLocation
        ) throws {
            for (a, b) in [(run.last, whole.last), (run.best, whole.best)] {
                try expectSameWeights(
                    run.place.file(a), whole.place.file(b), comment, sourceLocation: sourceLocation)
            }
            let history = try timelessHistory(run.place, run.name)
            #expect(history.map { $0["epoch"]?.integer } == [1, 2, 3], comment)
            #expect(history.map { $0["step"]?.integer } == [5, 10, 15], comment)
            #expect(history == (try timelessHistory(whole.place, whole.name)), comment)
            for file in [RunFile.predictions, RunFile.confusionMatrix] {
                let same =
                    try run.place.bytes(run.file(file)) == whole.place.bytes(whole.file(file))
                #expect(same, comment, sourceLocation: sourceLocation)
            }
        }
    }
}

extension CommandTests {
    /// Ctrl-C and SIGTERM end a run in good order.
    @Suite struct InterruptionTests {
        /// The sample without an end that anybody would wait for. Its learning rate never changes,
        /// so its first steps are those of any shorter run.
        private static let endless = ["schedule={name: constant}", "checkpoint.every_steps=1"]

        @Test func aSignalSavesAndTheRunGoesOn() async throws {
            let place = try Workplace()
            try place.write(Samples.configuration, to: "tiny.yaml")
            let start = ["train", "tiny.yaml", "epochs=100000"] + Self.endless
            let first = try await interrupt(start, with: SIGINT, in: place)
            #expect(first.errors.contains("interrupted (SIGINT)"))
            let run = try #require(place.runs.first)
            #expect(first.errors.contains("resume with: residual train --resume \(run)\n"))

            let second = try await interrupt(
                ["train", "--resume", run, "threads=1"], with: SIGTERM, in: place)
            #expect(second.errors.contains("terminated (SIGTERM)"))
            let stops = try [first, second].map { try Self.stop(in: $0) }
            #expect(second.errors.contains("resumed at step \(stops[0])\n"))
            #expect(stops[1] > stops[0])

            // What stopped at a step is what a run that ends at this step has.
            let short = try Workplace()
            try short.write(Samples.configuration, to: "tiny.yaml")
            let outcome = try await Program.run(
                ["train", "tiny.yaml", "max_steps=\(stops[1])", "epochs=null"] + Self.endless,
                in: short)
            #expect(outcome.succeeded, "\(outcome.errors)")
            try expectSameWeights(
                place.file("\(run)/\(RunFile.lastCheckpoint)"),
                short.file("\(try #require(short.runs.first))/\(RunFile.lastCheckpoint)"))
        }

        /// The step that the program says it stopped at.
        private static func stop(in outcome: Outcome) throws -> Int {
            let text = try #require(outcome.errors.split(separator: "stopped at step ").last)
            return try #require(Int(text.prefix { $0.isNumber }))
        }

        /// Lets the program train for some steps, makes sure that nobody else can, and stops it.
        private func interrupt(
            _ arguments: [String], with signal: Int32, in place: Workplace
        ) async throws -> Outcome {
            let before = try place.runs.first.map { try Self.savedStep(place, $0) } ?? 0
            let program = try RunningProgram(arguments, in: place)
            let run = try await onThread {
                try program.until { () -> String? in
                    guard let run = place.runs.first else { return nil }
                    return try Self.savedStep(place, run) > before + 2 ? run : nil
                }
            }
            let intruder = try await Program.run(["train", "--resume", run], in: place)
            #expect(intruder.ending == .exited(1))
            #expect(
                intruder.errors
                    == "\(run): another process (\(program.identifier)) is training into this run; "
                    + "wait for it or stop it\n")
            program.send(signal)
            let outcome = try await onThread { try program.outcome() }
            #expect(outcome.ending == .exited(128 + signal))
            #expect(outcome.output == "")
            return outcome
        }

        /// The step of the last checkpoint; 0 where there is none.
        private static func savedStep(_ place: Workplace, _ run: String) throws -> Int {
            let path = "\(run)/\(RunFile.lastCheckpoint)"
            guard place.exists(path) else { return 0 }
            let file = try SafetensorsFile(path: place.file(path))
            let state = try JSONValue.parse(try #require(file.metadata("residual.training")))
            return try #require(state["step"]?.integer)
        }
    }
}
