import Glibc
import HTTPTypes
import HummingbirdTesting
import Serve
import ServiceLifecycle
import Synchronization
import Testing

/// A server on a free port of the loopback address, that a test can shut down as a signal would.
private struct RunningServer: Service {
    let model: FakeModel
    let configuration: ServerConfiguration
    let onReady: @Sendable (ServerAddress) async -> Void

    func run() async throws {
        try await serve(
            model: model, configuration: configuration, logger: silentLogger, onReady: onReady)
    }

    /// Runs `body` with the port and an action that starts the graceful shutdown.
    static func run(
        _ model: FakeModel, configure: (inout ServerConfiguration) -> Void = { _ in },
        _ body: @Sendable (_ port: Int, _ shutDown: @Sendable () async -> Void) async throws -> Void
    ) async throws {
        var configuration = ServerConfiguration()
        configuration.port = 0
        configuration.stopsOnSignals = false
        configure(&configuration)
        let (ports, continuation) = AsyncStream.makeStream(of: Int.self)
        let server = RunningServer(model: model, configuration: configuration) { address in
            continuation.yield(address.port)
        }
        let group = ServiceGroup(services: [server], logger: silentLogger)
        try await withThrowingTaskGroup(of: Void.self) { tasks in
            tasks.addTask {
                defer { continuation.finish() }
                try await group.run()
            }
            var iterator = ports.makeAsyncIterator()
            if let port = await iterator.next() {
                try await body(port) { await group.triggerGracefulShutdown() }
                await group.triggerGracefulShutdown()
            }
            try await tasks.waitForAll()
        }
    }
}

private func head(_ path: String, length: Int, extra: String = "") -> String {
    "POST \(path) HTTP/1.1\r\nHost: x\r\nContent-Type: image/png\r\nContent-Length: \(length)\r\n"
        + extra + "\r\n"
}

@Suite struct SocketTests {
    @Test func fiftyClientsAtOnceGetTheirOwnAnswers() async throws {
        let model = FakeModel()
        try await withServer(model, over: .ahc()) { client in
            try await withThrowingTaskGroup(of: Void.self) { group in
                for number in 0..<50 {
                    group.addTask {
                        let number = UInt16(number * 1_301)
                        let image = FakeModel.image(number, size: 100_003)
                        let response = try await TestRequest.multipart(image).send(to: client)
                        let scores = try response.json()["scores"]
                        #expect(scores?.floats == FakeModel.probabilities(of: number))
                    }
                }
                try await group.waitForAll()
            }
            #expect(model.batchSizes.reduce(0, +) == 50)
        }
    }

    @Test func aGracefulShutdownAnswersWhatWasAccepted() async throws {
        let model = FakeModel(gate: Gate(isOpen: false))
        try await RunningServer.run(model) { port, shutDown in
            try await withThrowingTaskGroup(of: String.self) { group in
                for number in 1...4 {
                    group.addTask {
                        try await onThread {
                            let client = try RawClient(port: port)
                            client.send(head("/classify/image", length: 5))
                            client.send(FakeModel.image(UInt16(number * 9_000)))
                            return client.receive()
                        }
                    }
                }
                #expect(await eventually { model.preparationCount == 4 })
                await shutDown()
                // The listening socket goes first.
                #expect(
                    await eventually {
                        (try? await onThread { _ = try RawClient(port: port) }) == nil
                    })
                model.gate.open()
                for try await answer in group {
                    #expect(answer.hasPrefix("HTTP/1.1 200 OK"), "\(answer)")
                    #expect(answer.contains("all_probabilities"))
                }
            }
        }
        #expect(model.batchSizes.reduce(0, +) == 4)
    }

    @Test func theWorkOfAClientThatHungUpIsDropped() async throws {
        let model = FakeModel(gate: Gate(isOpen: false))
        try await RunningServer.run(model) { port, _ in
            let patient = Task {
                try await onThread {
                    let client = try RawClient(port: port)
                    client.send(head("/predict", length: 5, extra: "Connection: close\r\n"))
                    client.send(FakeModel.image(1))
                    return client.receive()
                }
            }
            #expect(await eventually { model.gate.arrivalCount == 1 })
            try await onThread {
                let client = try RawClient(port: port)
                client.send(head("/predict", length: 5))
                client.send(FakeModel.image(2))
                // Hang up only once the image is in the hands of the server.
                while model.preparationCount < 2 { usleep(2_000) }
            }
            let dropped = #"inference_rejected_total{model="fake",reason="disconnected"} 1"#
            #expect(
                try await eventually {
                    try await onThread {
                        let client = try RawClient(port: port)
                        client.send("GET /metrics HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n")
                        return client.receive().contains(dropped)
                    }
                })
            model.gate.open()
            #expect(try await patient.value.hasPrefix("HTTP/1.1 200 OK"))
        }
        #expect(model.batchSizes == [1])
    }

    @Test func oneConnectionServesManyRequestsAndBodiesAreLimitedWhileTheyStream() async throws {
        try await RunningServer.run(
            FakeModel(), configure: { $0.maximumUploadBytes = 1_000 }
        ) { port, _ in
            let answers = try await onThread {
                let client = try RawClient(port: port)
                client.send(
                    "POST /predict HTTP/1.1\r\nHost: x\r\nContent-Type: image/png\r\n"
                        + "Transfer-Encoding: chunked\r\n\r\n")
                for _ in 0..<20 { client.send("64\r\n\(String(repeating: "x", count: 100))\r\n") }
                client.send("0\r\n\r\n")
                var answers = [client.receive { $0.contains("\"}") }]
                client.send(head("/predict", length: 5, extra: "Expect: 100-continue\r\n"))
                answers.append(client.receive { $0.hasSuffix("\r\n\r\n") })
                client.send(FakeModel.image(12_345))
                answers.append(client.receive { $0.contains("}}") })
                client.send(head("/predict", length: 1_001, extra: "Expect: 100-continue\r\n"))
                answers.append(client.receive { $0.contains("\"}") })
                return answers
            }
            #expect(answers[0].hasPrefix("HTTP/1.1 413"))
            #expect(answers[0].contains("larger than the limit of 1000 bytes"))
            #expect(answers[1] == "HTTP/1.1 100 Continue\r\n\r\n")
            #expect(answers[2].hasPrefix("HTTP/1.1 200 OK"), "\(answers[2])")
            #expect(answers[3].hasPrefix("HTTP/1.1 413"), "\(answers[3])")
        }
    }

    @Test func aBodyThatBreaksOffIsForgotten() async throws {
        let model = FakeModel()
        try await RunningServer.run(model) { port, _ in
            try await onThread {
                let client = try RawClient(port: port)
                client.send(head("/predict", length: 900))
                client.send(FakeModel.image(3))
            }
            let answer = try await onThread {
                let client = try RawClient(port: port)
                client.send("GET /health HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n")
                return client.receive()
            }
            #expect(answer.hasPrefix("HTTP/1.1 200 OK"))
        }
        #expect(model.preparationCount == 0)
    }

    @Test func aPortInUseIsAnErrorThatSaysSo() async throws {
        try await RunningServer.run(FakeModel()) { port, _ in
            var configuration = ServerConfiguration()
            configuration.port = port
            configuration.stopsOnSignals = false
            let error = await #expect(throws: ServerStartError.self) {
                try await serve(
                    model: FakeModel(), configuration: configuration, logger: silentLogger)
            }
            #expect(error?.description.hasPrefix("port \(port) on 127.0.0.1 is in use") == true)
        }
    }

    @Test func aSettingThatMakesNoSenseIsAnError() async throws {
        var configuration = ServerConfiguration()
        configuration.maximumBatchSize = 0
        let error = await #expect(throws: ServerStartError.self) {
            try await serve(model: FakeModel(), configuration: configuration, logger: silentLogger)
        }
        #expect(
            error?.description == "the server's maximumBatchSize must be at least 1, but is 0")
    }
}
