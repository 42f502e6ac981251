import Foundation
import HTTPTypes
import Serve
import Support
import Testing

@Suite struct RouteTests {
    @Test func healthNamesTheModelAndItsDevice() async throws {
        try await withServer { client in
            let response = try await TestRequest.get("/health").send(to: client)
            #expect(response.status == .ok)
            #expect(response.headers[.contentType] == "application/json")
            #expect(
                try response.json() == [
                    "status": "healthy", "model_loaded": true, "model_name": "fake",
                    "device": "cpu",
                ])
        }
    }

    @Test func modelInformationHasEveryFact() async throws {
        try await withServer { client in
            let response = try await TestRequest.get("/model_info").send(to: client)
            #expect(
                try response.json() == [
                    "model_name": "fake", "architecture": "resnet0",
                    "parameter_count": 1_234_567, "input_size": [40, 56],
                    "stages": [
                        ["name": "stem", "output_shape": [16, 20, 28]],
                        ["name": "head", "output_shape": [3]],
                    ],
                    "checkpoint": "fake.safetensors",
                    "classes": ["zebra", "a \"quoted\" cat", "münchen"],
                    "preprocessing": ["resize": 48, "crop": [40, 56]], "device": "cpu",
                ])
        }
    }

    @Test(
        "every form of upload reaches the model unchanged",
        arguments: [
            TestRequest.multipart(FakeModel.image(21_001, size: 70_001)),
            .multipart(FakeModel.image(21_001), partType: nil),
            .multipart(FakeModel.image(21_001), partType: "application/octet-stream"),
            .multipart(Array("SU1HUgk=".utf8), field: "image_base64", partType: nil),
            .raw(FakeModel.image(21_001), "image/jpeg"),
            .raw(FakeModel.image(21_001), "image/png"),
            .raw(FakeModel.image(21_001), "IMAGE/PNG; q=1"),
            .raw(FakeModel.image(21_001), "application/octet-stream"),
            .json(#"{"image_base64": "SU1HUgk="}"#),
            .json(#"{"other": [1], "image_base64": "data:image/png;base64,SU1HUgk", "url": null}"#),
            .form("image_base64=SU1HUgk%3D&url=ignored"),
            .form("image_base64=data:image/jpeg;base64,SU1HUgk="),
        ])
    func everyFormOfUpload(_ request: TestRequest) async throws {
        try await withServer { client in
            let response = try await request.send(to: client)
            #expect(response.status == .ok, "\(response.text)")
            let scores = try response.json()["scores"]
            #expect(scores?.floats == FakeModel.probabilities(of: 21_001))
        }
    }

    @Test func aPlusThatAFormDidNotEscapeIsRestored() async throws {
        // The bytes IMG, 0xFB, 0xEF are SU1H++8= in Base64.
        try await withServer { client in
            let response = try await TestRequest.form("image_base64=SU1H++8=").send(to: client)
            let scores = try response.json()["scores"]
            #expect(scores?.floats == FakeModel.probabilities(of: 0xFBEF))
        }
    }

    @Test func predictAnswersWithLabelScoresAndMeta() async throws {
        try await withServer { client in
            var request = TestRequest.multipart(FakeModel.image(13_107))
            request.headers[HTTPField.Name("X-Request-ID")!] = "client-7"
            let response = try await request.send(to: client)
            #expect(response.headers[HTTPField.Name("X-Request-ID")!] == "client-7")
            let answer = try response.json()
            #expect(answer.keys == ["label", "scores", "meta"])
            #expect(answer["label"]?.string == "münchen")
            #expect(answer["scores"]?.keys == ["zebra", "a \"quoted\" cat", "münchen"])
            let meta = try #require(answer["meta"])
            #expect(meta["model"]?.string == "fake")
            #expect(meta["input_size"] == [40, 56])
            #expect(meta["preprocessing"] == ["resize": 48, "crop": [40, 56]])
            #expect(meta["request_id"]?.string == "client-7")
            #expect(try #require(meta["milliseconds"]?.number) > 0)
            #expect(meta["batch_size"]?.integer == 1)
        }
    }

    @Test func classifyImageAnswersWithClassConfidenceAndAllProbabilities() async throws {
        try await withServer { client in
            let request = TestRequest.multipart(FakeModel.image(40_000), path: "/classify/image")
            let answer = try await request.send(to: client).json()
            #expect(answer.keys == ["class", "confidence", "all_probabilities"])
            #expect(answer["class"]?.string == "zebra")
            let expected = FakeModel.probabilities(of: 40_000)
            #expect(answer["confidence"]?.number.map { Float($0) } == expected[0])
            #expect(answer["all_probabilities"]?.keys == ["zebra", "a \"quoted\" cat", "münchen"])
            #expect(answer["all_probabilities"]?.floats == expected)
        }
    }

    @Test func probabilitiesHaveTheShortestDigitsOfAFloat() async throws {
        try await withServer { client in
            let request = TestRequest.raw(FakeModel.image(6_554), path: "/classify/image")
            let text = try await request.send(to: client).text
            for probability in FakeModel.probabilities(of: 6_554) {
                #expect(text.contains(":\(probability)"), "\(text)")
            }
        }
    }

    @Test func anUnusableRequestIdentifierIsReplaced() async throws {
        try await withServer { client in
            for bad in ["", "two words", String(repeating: "x", count: 129)] {
                var request = TestRequest.get("/health")
                request.headers[HTTPField.Name("X-Request-ID")!] = bad
                let response = try await request.send(to: client)
                let echoed = try #require(response.headers[HTTPField.Name("X-Request-ID")!])
                #expect(echoed != bad && echoed.count >= 16)
            }
        }
    }

    @Test func theHomePageNeedsNothingFromOutside() async throws {
        try await withServer { client in
            let response = try await TestRequest.get("/").send(to: client)
            #expect(response.headers[.contentType] == "text/html; charset=utf-8")
            let policy = try #require(response.headers[.contentSecurityPolicy])
            #expect(policy.hasPrefix("default-src 'none'"))
            #expect(response.text.contains("fetch(\"predict\""))
            #expect(!response.text.contains("//cdn") && !response.text.contains("http"))
        }
    }

    @Test func headAnswersAsGetWithoutABody() async throws {
        try await withServer { client in
            let response = try await TestRequest(method: .head, path: "/health").send(to: client)
            #expect(response.status == .ok)
            #expect(response.body.readableBytes == 0)
        }
    }

    @Test(arguments: ["BAD", "NAN"])
    func aFaultOfTheModelIs500AndNamesTheRequest(_ kind: String) async throws {
        try await withServer { client in
            var request = TestRequest.raw(Array(kind.utf8))
            request.headers[HTTPField.Name("X-Request-ID")!] = "broken-3"
            let response = try await request.send(to: client)
            #expect(response.status == .internalServerError)
            #expect(try #require(try response.detail()).contains("broken-3"))
        }
    }
}
