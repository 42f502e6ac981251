import Foundation
import Support
import Testing
import Train

@Suite struct RunDirectoryTests {
    @Test func foldersAreNeverShared() throws {
        try withTemporaryFolder { folder in
            let parent = folder + "/deep/runs"
            let seconds = 1_700_000_000
            let first = try RunDirectory.create(in: parent, name: "tiny cifar/10", seconds: seconds)
            let second = try RunDirectory.create(
                in: parent, name: "tiny cifar/10", seconds: seconds)
            #expect(second.name == first.name + "-2")
            let parts = first.name.split(separator: "-", maxSplits: 2)
            #expect(parts.map(\.count) == [8, 6, 13])
            #expect(parts[0].hasPrefix("202311") && parts[2] == "tiny-cifar-10")
            #expect(FileManager.default.fileExists(atPath: first.path(of: "checkpoints")))
            #expect(FileManager.default.fileExists(atPath: first.path(of: RunFile.tensorBoard)))
        }
    }

    @Test func resumingExplainsWhatIsMissing() throws {
        try withTemporaryFolder { folder in
            func message(_ path: String) -> String {
                do { _ = try RunDirectory.openForResume(path) } catch { return error.description }
                return ""
            }
            #expect(message(folder + "/none") == folder + "/none: there is no such run folder")
            #expect(message(folder).hasSuffix("is not the folder of a run: it has no config.yaml"))
            let path = try RunDirectory.create(in: folder, name: "r").path
            try AtomicFile.write("a: 1\n", to: path + "/config.yaml")
            #expect(
                message(path + "/config.yaml").hasSuffix("is a file; expected the folder of a run"))
            #expect(try RunDirectory.openForResume(path + "/").path == path)
        }
    }

    @Test func aChosenFolderMustBeNew() throws {
        try withTemporaryFolder { folder in
            let path = folder + "/new/run"
            let run = try RunDirectory.create(at: path)
            #expect(run.path == path)
            #expect(
                performing: { _ = try RunDirectory.create(at: path) },
                throws: {
                    "\($0)".contains("another process (\(getpid())) is training into this run")
                })
        }
    }

    @Test func aChosenFolderIsNeverOverwritten() throws {
        try withTemporaryFolder { folder in
            let path = folder + "/run"
            var run: RunDirectory? = try RunDirectory.create(at: path)
            run = nil
            // Killed before it had a configuration: the same command may start again.
            run = try RunDirectory.create(at: path)
            run = nil
            #expect(run == nil)
            try AtomicFile.write("a: 1\n", to: path + "/config.yaml")
            #expect(
                performing: { _ = try RunDirectory.create(at: path) },
                throws: { "\($0)".contains("exists already; choose another output") })
        }
    }

    @Test func onlyOneTrainsIntoARun() throws {
        try withTemporaryFolder { folder in
            var run: RunDirectory? = try RunDirectory.create(in: folder, name: "locked")
            let path = try #require(run).path
            try AtomicFile.write("a: 1\n", to: path + "/config.yaml")
            try AtomicFile.write("x", to: path + "/checkpoints/last.safetensors")
            #expect(
                performing: { _ = try RunDirectory.openForResume(path) },
                throws: {
                    "\($0)".contains("another process (\(getpid())) is training into this run")
                })
            _ = try RunDirectory.open(path)
            run = nil
            _ = try RunDirectory.openForResume(path)
        }
    }

    @Test func theLockDiesWithItsProcess() throws {
        try withTemporaryFolder { folder in
            let holder = Process()
            holder.executableURL = URL(fileURLWithPath: "/usr/bin/env")
            holder.arguments = [
                "flock", "--no-fork", folder + "/run.lock", "sh", "-c", "echo held; exec sleep 60",
            ]
            let output = Pipe()
            holder.standardOutput = output
            try holder.run()
            guard !output.fileHandleForReading.availableData.isEmpty else { return }
            #expect(throws: FileError.self) { try RunLock(folder: folder) }
            kill(holder.processIdentifier, SIGKILL)
            holder.waitUntilExit()
            _ = try RunLock(folder: folder)
        }
    }

    @Test func commandsAreQuotedForTheShell() throws {
        #expect(
            shellCommand(["residual", "train", "a b", "x=1,2", "it's", "", "$HOME", "größe"])
                == #"residual train 'a b' x=1,2 'it'\''s' '' '$HOME' 'größe'"#)
        try withTemporaryFolder { folder in
            let run = try RunDirectory.create(in: folder, name: "r")
            try run.recordCommand(["residual", "train"])
            try run.recordCommand(["residual", "train", "--resume"])
            let text = try String(contentsOfFile: run.path(of: RunFile.command), encoding: .utf8)
            #expect(text == "residual train\nresidual train --resume\n")
        }
    }

    @Test func gitStateOfATree() throws {
        try withTemporaryFolder { folder in
            #expect(GitState.current(folder: folder) == nil)
            func git(_ arguments: String...) throws {
                let process = Process()
                process.executableURL = URL(fileURLWithPath: "/usr/bin/env")
                process.arguments = ["git", "-C", folder] + arguments
                process.standardOutput = FileHandle.nullDevice
                process.standardError = FileHandle.nullDevice
                try process.run()
                process.waitUntilExit()
            }
            try git("init", "-q", "-b", "work")
            try AtomicFile.write("one\n", to: folder + "/file")
            try git("add", "file")
            try git("-c", "user.name=n", "-c", "user.email=e@example.org", "commit", "-qm", "m")
            let clean = try #require(GitState.current(folder: folder))
            #expect(clean.commit.count == 40)
            #expect(clean.branch == "work")
            #expect(!clean.isDirty && clean.patch == nil)
            try AtomicFile.write("two\n", to: folder + "/file")
            let dirty = try #require(GitState.current(folder: folder))
            #expect(dirty.isDirty)
            #expect(dirty.shortText == clean.commit.prefix(10) + "+")
            let patch = String(decoding: try #require(dirty.patch), as: UTF8.self)
            #expect(patch.contains("-one\n+two\n"))
            try AtomicFile.write(
                String(repeating: "long line\n", count: 200_000), to: folder + "/file")
            let large = try #require(GitState.current(folder: folder))
            #expect(large.isDirty && large.patch == nil)
            let run = try RunDirectory.create(in: folder, name: "r")
            try run.record(dirty)
            let json = try JSONValue.parse(
                String(contentsOfFile: run.path(of: RunFile.git), encoding: .utf8))
            #expect(json == dirty.json)
            #expect(json["dirty"]?.bool == true)
            #expect(FileManager.default.fileExists(atPath: run.path(of: RunFile.patch)))
        }
    }

    @Test func environmentNamesTheMachine() throws {
        let json = RunEnvironment(
            threadCount: 3, instructionSet: "avx2", dataFingerprint: "ab",
            extras: [("seed", 7)]
        ).json
        #expect(try #require(json["cores"]?.integer) >= 1)
        #expect(try #require(json["memory_bytes"]?.integer) > 1 << 20)
        #expect(try #require(json["os"]?.string).contains("Linux"))
        #expect(json["threads"] == 3 && json["seed"] == 7)
    }

    @Test func tablesQuoteWhatNeedsIt() throws {
        try withTemporaryFolder { folder in
            let predictions = Predictions(
                classNames: ["cat, small", "dog"], labels: [1, 0],
                probabilities: [0.75, 0.25, 0.1, 0.9],
                sampleNames: ["a \"b\".png", "c\nd"], sampleIndices: [40, 7])
            try predictions.writeCSV(to: folder + "/p.csv")
            #expect(
                try String(contentsOfFile: folder + "/p.csv", encoding: .utf8) == """
                    index,name,label,predicted,correct,confidence,"probability_cat, small",probability_dog
                    40,"a ""b"".png",dog,"cat, small",0,0.75,0.75,0.25
                    7,"c\nd","cat, small",dog,0,0.9,0.1,0.9

                    """)
            try ConfusionMatrix(predictions).writeCSV(
                classNames: predictions.classNames, to: folder + "/c.csv")
            #expect(
                try String(contentsOfFile: folder + "/c.csv", encoding: .utf8)
                    == "true \\ predicted,\"cat, small\",dog\n\"cat, small\",0,1\ndog,1,0\n")
        }
    }
}
