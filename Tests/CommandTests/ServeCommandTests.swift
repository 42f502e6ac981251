import Datasets
import Foundation
import Glibc
import Support
import Testing
import Train

extension CommandTests {
    /// `serve` answers what `predict` prints.
    @Suite struct ServeCommandTests {
        /// The numbers of `predict --format json` for a picture, as text by class.
        private struct Prediction: Sendable {
            let label: String
            let texts: [String: String]
        }

        private static let classNames = ShapesDataset(split: .test, count: 1).classNames

        private static func predictions(_ run: TrainedRun, count: Int) async throws -> [Prediction]
        {
            let place = try Workplace()
            for index in 0..<count {
                try place.write(encodePNG(try Samples.picture(index)), to: "\(100 + index).png")
            }
            let outcome = try await Program.run(
                ["predict", run.place.file(run.best), ".", "--format", "json"], in: place)
            #expect(outcome.succeeded, "\(outcome.errors)")
            return outcome.output.components(separatedBy: "\"picture\"").dropFirst().map { text in
                let document = Answer(status: 200, body: String(text))
                let numbers = classNames.map { ($0, document.number($0) ?? "") }
                return Prediction(
                    label: document.number("class")?.filter { $0 != "\"" } ?? "",
                    texts: Dictionary(uniqueKeysWithValues: numbers))
            }
        }

        private static func expectSame(
            _ answer: Answer, _ prediction: Prediction, labelKey: String,
            sourceLocation: SourceLocation = #_sourceLocation
        ) throws {
            #expect(answer.status == 200, "\(answer.body)", sourceLocation: sourceLocation)
            let label = try JSONValue.parse(answer.body)[labelKey]?.string
            #expect(label == prediction.label, sourceLocation: sourceLocation)
            expectSameFigures(answer, prediction, sourceLocation: sourceLocation)
        }

        /// The server plans single pictures by themselves, which rounds otherwise than a batch.
        private static func expectSameFigures(
            _ answer: Answer, _ prediction: Prediction,
            sourceLocation: SourceLocation = #_sourceLocation
        ) {
            expectEqualFigures(
                classNames.map { answer.number($0).flatMap { Double($0) } },
                classNames.map { prediction.texts[$0].flatMap { Double($0) } }, within: 1e-5,
                sourceLocation: sourceLocation)
        }

        @Test func theAnswersAreThoseOfPredict() async throws {
            let run = try await Samples.trainedRun()
            let predictions = try await Self.predictions(run, count: 12)
            #expect(predictions.count == 12)
            #expect(predictions.allSatisfy { $0.texts.values.allSatisfy { Double($0) != nil } })
            let server = try await ServerProcess(run.name, in: run.place)
            let pictures = try (0..<12).map { encodePNG(try Samples.picture($0)) }

            for index in 0..<3 {
                let answer = try await server.send(.upload(pictures[index]))
                try Self.expectSame(answer, predictions[index], labelKey: "label")
                let raw = try await server.send(
                    WireRequest(type: "image/png", body: pictures[index]))
                try Self.expectSame(raw, predictions[index], labelKey: "label")
                let classified = try await server.send(
                    .upload(pictures[index], to: "/classify/image"))
                try Self.expectSame(classified, predictions[index], labelKey: "class")
                #expect(
                    classified.number("confidence")
                        == classified.number(predictions[index].label))
            }

            // All at once, in whatever batches they end up.
            let answers = try await withThrowingTaskGroup(of: (Int, Answer).self) { group in
                for index in 0..<24 {
                    group.addTask { (index, try await server.send(.upload(pictures[index % 12]))) }
                }
                return try await group.reduce(into: []) { $0.append($1) }
            }
            #expect(answers.count == 24)
            for (index, answer) in answers {
                let prediction = predictions[index % 12]
                #expect(try JSONValue.parse(answer.body)["label"]?.string == prediction.label)
                Self.expectSameFigures(answer, prediction)
            }

            let health = try await server.send(WireRequest(method: "GET", path: "/health"))
            #expect(health.status == 200)
            let information = try await server.send(WireRequest(method: "GET", path: "/model_info"))
            let classes = try JSONValue.parse(information.body)["classes"]?.array ?? []
            #expect(classes.map(\.string) == Self.classNames, "\(information.body)")
            try await server.stop()
        }

        @Test func whatWasAcceptedIsAnsweredBeforeTheEnd() async throws {
            let run = try await Samples.trainedRun()
            let server = try await ServerProcess(run.best, ["--threads", "1"], in: run.place)
            let port = server.port
            let program = server.program
            var request = WireRequest(
                type: "image/png", headers: ["Expect: 100-continue"],
                body: encodePNG(try Samples.picture(0)))
            request.headers.append("Connection: close")
            let sent = request
            let answer = try await onThread {
                let connection = try #require(Connection(port: port))
                connection.send(sent.head)
                // The server has taken the request when it asks for the body.
                let go = connection.receive { $0.hasSuffix("\r\n\r\n") }
                #expect(go.hasPrefix("HTTP/1.1 100"))
                program.send(SIGTERM)
                let closed = waiting { Connection(port: port) == nil ? true : nil }
                #expect(closed == true, "new connections are refused")
                connection.send(sent.body)
                return try connection.answer()
            }
            #expect(answer.status == 200, "\(answer.body)")
            let outcome = try await onThread { try program.outcome() }
            #expect(outcome.ending == .exited(0), "\(outcome.errors)")
        }

        @Test func thePortOfAnotherServerIsRefused() async throws {
            let run = try await Samples.trainedRun()
            let server = try await ServerProcess(run.best, in: run.place)
            let second = try await Program.run(
                ["serve", run.best, "--port", "\(server.port)"], in: run.place)
            #expect(second.ending == .exited(2))
            #expect(
                second.errors.contains(
                    "port \(server.port) on 127.0.0.1 is in use; stop the process that uses it, or "
                        + "choose another port\n"), "\(second.errors)")
            try await server.stop()
        }
    }
}
