import Datasets
import Foundation
import Support
import Testing
import Train

extension CommandTests {
    /// Mistakes get a message that says what to do, a status, and change nothing.
    ///
    /// `docs/errors.md` is made of the real messages; with RESIDUAL_UPDATE_DOCS=1 it is written
    /// anew.
    @Suite struct BadInputTests {
        private static let page = Program.repository + "/docs/errors.md"

        @Test func theTableIsLong() {
            let cases = BadInput.table.flatMap(\.cases)
            #expect(cases.count >= 60)
            #expect(Set(cases.map(\.line)).count >= cases.count - 2, "a case stands there twice")
        }

        @Test func everyMistakeIsSaid() async throws {
            var page = Self.introduction
            let place = try Workplace()
            try BadInputFiles.write(to: place)
            for (command, cases) in BadInput.table {
                page += "## \(command)\n\n"
                for item in cases {
                    let said = try await message(item, place)
                    page += "\(item.title):\n\n```\n$ \(item.line)\n\(said)```\n\n"
                }
            }
            page += Self.requestsIntroduction
            let model = "models/good.safetensors"
            let server = try await ServerProcess(model, BadRequest.options, in: place)
            for item in try BadRequest.table() {
                page += try await row(item, server)
            }
            let good = try await server.send(.upload(encodePNG(try Samples.picture(0))))
            #expect(good.status == 200, "the server is well after all of it: \(good.body)")
            try await server.stop()
            try compare(page)
        }

        /// What the program says about a mistake, with its status.
        private func message(_ item: BadInput, _ place: Workplace) async throws -> String {
            let before = place.inventory(leavingOut: Self.isLog)
            let outcome = try await Program.run(item.arguments, in: place, input: item.input)
            let label = Comment(rawValue: "\(item.line)\n\(outcome.errors)")
            #expect(outcome.ending == .exited(item.status), label)
            #expect(!outcome.errors.isEmpty, label)
            for word in [
                "Fatal error", "Crash", "Stack dump", "Optional(", "Error Domain", " at /",
            ] {
                #expect(!outcome.errors.contains(word), label)
            }
            let after = place.inventory(leavingOut: Self.isLog)
            let changed = before.filter { after[$0.key] != $0.value }.keys.sorted()
            #expect(changed == [], label)
            let added = after.keys.filter { before[$0] == nil }
            #expect(
                added.allSatisfy { $0.hasPrefix("runs") || $0.hasSuffix(RunFile.tensorBoard) },
                label)
            // Who changes the drawn pictures has not changed the messages.
            let said = outcome.errors.replacingOccurrences(
                of: try BadInputFiles.data().fingerprint.prefix(12), with: "fedcba987654")
            return "\(said)[\(item.status)]\n"
        }

        /// What a start adds to in the folder of a run, whatever comes of it.
        private static func isLog(_ name: String) -> Bool {
            [RunFile.command, RunFile.lock, RunFile.log].contains { name.hasSuffix("/" + $0) }
        }

        private func row(_ item: BadRequest, _ server: ServerProcess) async throws -> String {
            let answer = try await server.send(item.request)
            let label = Comment(rawValue: "\(item.title): \(answer.body)")
            #expect(answer.status == item.status, label)
            let document = try JSONValue.parse(answer.body)
            #expect(document.members?.map(\.key) == ["detail"], label)
            let detail = try #require(document["detail"]?.string, label)
            let call = "`\(item.request.method) \(item.request.path)`"
            return "| \(item.title) | \(call) | \(answer.status) | \(detail) |\n"
        }

        private func compare(_ made: String) throws {
            if ProcessInfo.processInfo.environment["RESIDUAL_UPDATE_DOCS"] != nil {
                try AtomicFile.write(made, to: Self.page)
            }
            let committed = try String(contentsOfFile: Self.page, encoding: .utf8)
            let known = Set(committed.split(separator: "\n"))
            let new = made.split(separator: "\n").filter { !known.contains($0) }
            #expect(
                new == [] && made == committed,
                "docs/errors.md is out of date; run this test with RESIDUAL_UPDATE_DOCS=1")
        }

        private static let introduction = """
            # Error messages

            What the program says about mistakes, collected from real runs by `Tests/CommandTests`.
            The number in brackets is the exit status: 2 where the command or the configuration is
            wrong, 1 where what it works on is. Messages go to standard error. Nothing that existed
            is changed by a command that fails.


            """

        private static let requestsIntroduction = """
            ## Requests to the server

            Every error body is `{"detail": "…"}`. The server here takes uploads of 1 MiB and
            pictures of a million pixels (`\(BadRequest.options.joined(separator: " "))`).

            | mistake | request | status | detail |
            |---|---|---|---|

            """
    }
}

extension CommandTests {
    /// Numbers that run away end a run with a message, and what was saved stays.
    @Suite struct DivergenceTests {
        @Test func aLossThatIsNoNumberEndsTheRun() async throws {
            let place = try Workplace()
            try place.write(Samples.configuration, to: "tiny.yaml")
            let outcome = try await Program.run(
                [
                    "train", "tiny.yaml", "optimizer.learning_rate=1e30",
                    "checkpoint.every_steps=1",
                    "schedule={name: constant}",
                ], in: place)
            #expect(outcome.ending == .exited(1))
            #expect(outcome.errors.contains("the loss became "), "\(outcome.errors)")
            #expect(outcome.errors.contains("A lower optimizer.learning_rate"))
            let run = try #require(place.runs.first)
            #expect(!place.exists("\(run)/\(RunFile.jsonReport)"))
            #expect(place.exists("\(run)/\(RunFile.lastCheckpoint)"))
        }
    }
}
