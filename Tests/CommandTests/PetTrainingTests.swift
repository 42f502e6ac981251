import Foundation
import Inference
import Support
import Testing
import Train

extension CommandTests {
    /// Pets with several tasks, from training to predictions.
    @Suite struct PetTrainingTests {
        private static let configuration = """
            name: pets
            max_steps: 4
            batch_size: 4
            data:
              name: oxford-pets
              task: [breed, segmentation, species]
              root: data
              validation: 4
              image_size: 32
              resize: exact
            model: {name: unet-resnet18}
            loss: {dice: 0.5, task_weights: [1, 1, 0.5]}
            optimizer: {learning_rate: 0.01}
            augmentation:
              crop: {padding: 2}
              flip: random
            evaluation: {tta: flip}
            """

        private func workplace() throws -> Workplace {
            let place = try Workplace()
            try Samples.writePets(to: place, root: "data", train: 16, test: 6)
            try place.write(Self.configuration, to: "pets.yaml")
            return place
        }

        @Test func aModelOfSeveralTasksIsTrainedMeasuredAndUsed() async throws {
            let place = try workplace()
            let trained = try await Program.run(["train", "pets.yaml"], in: place)
            #expect(trained.succeeded, "\(trained.errors)")
            for line in ["segmentation\n", "species\n", "test mean IoU ", "test accuracy "] {
                #expect(trained.output.contains(line), "\(trained.output)")
            }
            let run = try #require(place.runs.first)
            func report(_ folder: String) throws -> JSONValue {
                let bytes = try place.bytes("\(run)/\(folder)\(RunFile.jsonReport)")
                return try JSONValue.parse(String(decoding: bytes, as: UTF8.self))
            }
            let (breed, masks, species) =
                (try report(""), try report("segmentation/"), try report("species/"))
            #expect(breed["accuracy"]?.number != nil && masks["mean_iou"]?.number != nil)
            #expect(species["accuracy"]?.number != nil)
            let columns = String(
                decoding: try place.bytes("\(run)/\(RunFile.historyTable)"), as: UTF8.self
            ).split(separator: "\n")[0].split(separator: ",")
            for column in [
                "validation_macro_f1", "segmentation_validation_mean_iou",
                "species_validation_roc_auc",
            ] { #expect(columns.contains(Substring(column)), "\(columns)") }

            // The same figures again, and the answers of one task.
            let measured = try await Program.run(["evaluate", run, "--json"], in: place)
            let again = try JSONValue.parse(measured.output)
            #expect(again["segmentation"]?["mean_iou"] == masks["mean_iou"])
            #expect(again["breed"]?["accuracy"] == breed["accuracy"])
            let picture = "data/oxford-iiit-pet/images/Abyssinian_0.jpg"
            let named = try await Program.run(
                ["predict", run, picture, "--task", "species", "--format", "json"], in: place)
            #expect(named.output.contains("\"Cat\"") && named.output.contains("\"Dog\""))
            let masked = try await Program.run(
                ["predict", run, picture, "--task", "segmentation"], in: place)
            #expect(masked.ending == .exited(1) && masked.errors.contains("for every pixel"))
        }

        @Test func aSegmentationIsVerifiedAndResumed() async throws {
            let place = try workplace()
            let only = ["data.task=segmentation", "loss.task_weights=[]"]
            let trained = try await Program.run(["train", "pets.yaml"] + only, in: place)
            #expect(trained.succeeded, "\(trained.errors)")
            #expect(!trained.output.contains("serve  "), "the server gives no masks")
            let run = try #require(place.runs.first)
            let verified = try await Program.run(["verify", run, "--threads", "1"], in: place)
            #expect(verified.succeeded, "\(verified.errors)")
            let resumed = try await Program.run(["resume-check", "pets.yaml"] + only, in: place)
            #expect(resumed.succeeded, "\(resumed.errors)")
            let listed = try await Program.run(["runs"], in: place)
            #expect(listed.output.contains("mean IoU"))
        }
    }
}
