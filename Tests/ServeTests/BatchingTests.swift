import HTTPTypes
import HummingbirdTesting
import Serve
import Testing

/// The value of one sample of the metrics.
func metric(_ sample: String, _ client: any TestClientProtocol) async throws -> Double? {
    let text = try await TestRequest.get("/metrics").send(to: client).text
    let line = text.split(separator: "\n").first { $0.hasPrefix(sample + " ") }
    return line.flatMap { Double($0.dropFirst(sample.count + 1)) }
}

private let waiting = #"inference_queue_depth{model="fake",stage="predict"}"#

/// A client's own test of its answer, so that a swapped one shows.
private func expectOwnAnswer(_ number: UInt16, _ client: any TestClientProtocol) async throws {
    let response = try await TestRequest.raw(FakeModel.image(number)).send(to: client)
    #expect(response.status == .ok, "\(response.text)")
    let scores = try response.json()["scores"]
    #expect(scores?.floats == FakeModel.probabilities(of: number))
}

@Suite struct BatchingTests {
    @Test func imagesThatWaitShareForwardPassesAndKeepTheirAnswers() async throws {
        let model = FakeModel(gate: Gate(isOpen: false))
        try await withServer(model, configure: { $0.maximumBatchSize = 5 }) { client in
            try await withThrowingTaskGroup(of: Void.self) { group in
                group.addTask { try await expectOwnAnswer(999, client) }
                #expect(await eventually { model.gate.arrivalCount == 1 })
                for number in 0..<13 {
                    group.addTask { try await expectOwnAnswer(UInt16(number * 4_001), client) }
                }
                #expect(try await eventually { try await metric(waiting, client) == 13 })
                model.gate.open()
                try await group.waitForAll()
            }
            #expect(model.batchSizes == [1, 5, 5, 3])
            #expect(try await metric(#"inference_batch_size_sum{model="fake"}"#, client) == 14)
            #expect(try await metric(#"inference_batch_size_count{model="fake"}"#, client) == 4)
            #expect(
                try await metric(#"inference_batch_size_bucket{model="fake",le="4"}"#, client) == 2)
        }
    }

    @Test func anIdleModelDoesNotWaitForMore() async throws {
        let clock = ContinuousClock()
        try await withServer(configure: { $0.maximumBatchDelay = .seconds(20) }) { client in
            let time = try await clock.measure {
                // One after the other, so that each finds the model idle.
                for number in 0..<3 { try await expectOwnAnswer(UInt16(number), client) }
            }
            #expect(time < .seconds(10))
        }
    }

    @Test func imagesThatHadToWaitAreHeldForAFullerBatch() async throws {
        let model = FakeModel(gate: Gate(isOpen: false))
        try await withServer(
            model,
            configure: {
                $0.maximumBatchSize = 3
                $0.maximumBatchDelay = .seconds(25)
            }
        ) { client in
            try await withThrowingTaskGroup(of: Void.self) { group in
                group.addTask { try await expectOwnAnswer(1, client) }
                #expect(await eventually { model.gate.arrivalCount == 1 })
                group.addTask { try await expectOwnAnswer(2, client) }
                group.addTask { try await expectOwnAnswer(3, client) }
                #expect(try await eventually { try await metric(waiting, client) == 2 })
                model.gate.open()
                try await group.next()
                // The two are held back: the batch is not full, and they have not waited long.
                #expect(try await metric(waiting, client) == 2)
                group.addTask { try await expectOwnAnswer(4, client) }
                try await group.waitForAll()
            }
            #expect(model.batchSizes == [1, 3])
        }
    }

    @Test func aBatchThatFailsIsRetriedImageByImage() async throws {
        let model = FakeModel(gate: Gate(isOpen: false))
        try await withServer(model) { client in
            try await withThrowingTaskGroup(of: Void.self) { group in
                group.addTask { try await expectOwnAnswer(1, client) }
                #expect(await eventually { model.gate.arrivalCount == 1 })
                group.addTask { try await expectOwnAnswer(2, client) }
                group.addTask {
                    let response = try await TestRequest.raw(Array("BAD".utf8)).send(to: client)
                    #expect(response.status == .internalServerError)
                }
                group.addTask { try await expectOwnAnswer(3, client) }
                #expect(try await eventually { try await metric(waiting, client) == 3 })
                model.gate.open()
                try await group.waitForAll()
            }
            #expect(model.batchSizes == [1, 3, 1, 1, 1])
        }
    }

    @Test func aFullQueueIs503AndHealthStillAnswers() async throws {
        let model = FakeModel(gate: Gate(isOpen: false))
        try await withServer(model, configure: { $0.maximumPendingImages = 3 }) { client in
            try await withThrowingTaskGroup(of: Void.self) { group in
                group.addTask { try await expectOwnAnswer(70, client) }
                #expect(await eventually { model.gate.arrivalCount == 1 })
                for number in 71...72 {
                    group.addTask { try await expectOwnAnswer(UInt16(number), client) }
                }
                #expect(try await eventually { try await metric(waiting, client) == 2 })
                let refused = try await TestRequest.raw(FakeModel.image(5)).send(to: client)
                #expect(refused.status == .serviceUnavailable)
                #expect(refused.headers[.retryAfter] == "1")
                #expect(try refused.detail()?.hasPrefix("3 images are pending already") == true)
                #expect(try await TestRequest.get("/health").send(to: client).status == .ok)
                model.gate.open()
                try await group.waitForAll()
            }
            let reason = #"inference_rejected_total{model="fake",reason="queue_full"}"#
            #expect(try await metric(reason, client) == 1)
            try await expectOwnAnswer(9, client)
        }
    }

    @Test func theDeadlineIs504ForRunningAndWaitingImages() async throws {
        let model = FakeModel(gate: Gate(isOpen: false))
        try await withServer(model, configure: { $0.deadline = .seconds(1) }) { client in
            await withTaskGroup(of: Int?.self) { group in
                for number in 0..<4 {
                    if number == 1 {
                        #expect(await eventually { model.gate.arrivalCount == 1 })
                    }
                    group.addTask {
                        let request = TestRequest.raw(FakeModel.image(UInt16(number)))
                        return try? await request.send(to: client).status.code
                    }
                }
                for await status in group { #expect(status == 504) }
            }
            let reason = #"inference_rejected_total{model="fake",reason="deadline"}"#
            #expect(try await metric(reason, client) == 4)
            model.gate.open()
            // What was waiting when its deadline passed is never computed.
            try await expectOwnAnswer(77, client)
            #expect(model.batchSizes == [1, 1])
        }
    }

    @Test func everySeriesIsThereBeforeTheFirstRequest() async throws {
        try await withServer { client in
            let response = try await TestRequest.get("/metrics").send(to: client)
            #expect(response.headers[.contentType]?.hasPrefix("text/plain; version=0.0.4") == true)
            let lines = response.text.split(separator: "\n").map(String.init)
            let expected = [
                #"request_duration_seconds_count{route="/predict",method="POST",status="200"} 0"#,
                #"request_duration_seconds_sum{route="/health",method="GET",status="200"} 0"#,
                #"inference_preprocess_seconds_count{model="fake"} 0"#,
                #"inference_queue_seconds_sum{model="fake"} 0"#,
                #"inference_predict_seconds_bucket{model="fake",le="0.0005"} 0"#,
                #"inference_batch_size_count{model="fake"} 0"#,
                #"inference_queue_depth{model="fake",stage="preprocess"} 0"#,
                #"inference_rejected_total{model="fake",reason="queue_full"} 0"#,
                #"model_ready{model="fake"} 1"#,
            ]
            for line in expected { #expect(lines.contains(line), "\(line)") }
            #expect(lines.contains { $0.hasPrefix("process_resident_memory_bytes ") })
            // Every sample line belongs to a family that was announced.
            let families = Set(
                lines.filter { $0.hasPrefix("# TYPE ") }.map { $0.split(separator: " ")[2] })
            for line in lines where !line.hasPrefix("#") {
                #expect(families.contains { line.hasPrefix($0) }, "\(line)")
            }
        }
    }

    @Test func requestsAreCountedByRouteAndStatus() async throws {
        try await withServer { client in
            _ = try await TestRequest.raw([1]).send(to: client)
            _ = try await TestRequest.get("/a/secret/path").send(to: client)
            let prefix = "request_duration_seconds_count"
            #expect(
                try await metric(
                    prefix + #"{route="/predict",method="POST",status="422"}"#, client) == 1)
            #expect(
                try await metric(
                    prefix + #"{route="unmatched",method="GET",status="404"}"#, client) == 1)
            #expect(try await metric("requests_in_progress", client) == 1)
        }
    }
}
