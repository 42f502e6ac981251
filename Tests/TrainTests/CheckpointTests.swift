import Foundation
import Synchronization
import Testing
import Train

/// When the state of a run is saved.
@Suite struct CheckpointTests {
    private func isSavedWithinTheEpoch(_ checkpoint: String) throws -> Bool {
        let text = """
            max_steps: 3
            batch_size: 8
            data: {name: shapes, train_count: 64, test_count: 8, image_size: 16, resize: exact}
            model: {name: resnet20}
            checkpoint: \(checkpoint)
            """
        return try withTemporaryFolder { folder in
            let configuration = try Configuration.parse(text, file: "a.yaml").values
            let data = try TrainingData(configuration, cacheFolder: folder + "/cache")
            let run = try RunDirectory.create(at: "\(folder)/run")
            let file = run.path(of: RunFile.lastCheckpoint)
            let isSaved = Mutex(false)
            let trainer = try Trainer(
                configuration, data: data, run: run, commit: nil, listener: nil,
                stopRequest: {
                    isSaved.withLock { $0 = $0 || FileManager.default.fileExists(atPath: file) }
                    return nil
                })
            #expect(try trainer.fit())
            return isSaved.withLock { $0 }
        }
    }

    @Test func theStateIsSavedAsOftenAsAsked() throws {
        #expect(try !isSavedWithinTheEpoch("{every_epochs: 1}"))
        #expect(try isSavedWithinTheEpoch("{every_epochs: null, every_steps: 1}"))
        #expect(try isSavedWithinTheEpoch("{every_epochs: null, every_time: 0.001 s}"))
        #expect(try !isSavedWithinTheEpoch("{every_epochs: null, every_time: 1 h}"))
    }
}
