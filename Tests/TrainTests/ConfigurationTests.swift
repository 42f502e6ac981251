import Testing
import Train

/// A configuration in which no value is a default.
private let full = """
    name: full-1.a
    seed: 18446744073709551615
    threads: 3
    output: "runs/it's a \\"test\\" é"
    epochs: 1_7
    max_steps: 2e4
    batch_size: +96
    accumulate: 3
    precision: f32
    data:
      name: folder
      root: ../pets
      train_folder: training
      validation_folder: val
      test_folder: "no"
      validation: 0
      image_size: 61
      resize: exact
      crop_fraction: .9
      interpolation: bicubic
      mean: [0.1, 0.30000000000000004, 1e-3]
      std: [1, 5e-324, 0.7]
      workers: 5
      on_error: skip
    model:
      name: resnet50
      checkpoint: "12.safetensors"
      dropout: 0.3
      zero_init_residual: false
      batch_norm_momentum: 0.01
      batch_norm_epsilon: 1e-3
    loss:
      label_smoothing: 0.1
      class_weights: [1, 2.5, 0]
    optimizer:
      name: adamw
      learning_rate: 3e-4
      betas: [0.8, 0.99]
      epsilon: 1e-7
      weight_decay: 0
      decay_norm_and_bias: true
      norm_bias_learning_rate_factor: 8
      groups: [{match: ["*.bn*", fc], weight_decay: 0}, {match: stem, learning_rate: 0.5}]
      lookahead:
        every: 6
        decay: 0.9
        power: 2
      gradient_clip_norm: 1.5
      gradient_clip_value: 2
    schedule:
      name: multi_step
      milestones: [3, 7.5, 900 steps]
      gamma: 0.2
      warmup: 35 steps
      warmup_start_factor: 0.3
    fine_tuning:
      freeze: [stem, layer1]
      unfreeze: [{match: layer1, at: 3 epochs}]
      frozen_batch_norm: training
      layer_decay: 0.8
      head_learning_rate_factor: 5
    ema:
      decay: 0.9
      every: 4
      warmup_power: 0.75
      start: 5 epochs
    augmentation:
      crop: null
      random_resized_crop:
        scale: [0.35, 0.9]
        ratio: [0.8, 1.1]
      flip: random
      size: 48
    evaluation:
      every_epochs: 2
      batch_size: 7
      metric: macro_f1
      weights: raw
      early_stop:
        patience: 4
        min_delta: 0.002
      test: false
      tta: flip
    checkpoint:
      every_epochs: 3
      every_steps: 41
      save_last: true
      save_best: false
    limits:
      time_limit: 90.5 s
      stop_on_nan: false
    """

private let short = "data: {name: shapes}\nmodel: {name: resnet20}\nepochs: 15\n"

@Suite struct ConfigurationTests {
    @Test func everyValueIsRead() throws {
        let values = try Configuration.parse(full, file: "full.yaml").values
        #expect(values.runName == "full-1.a")
        #expect(values.seed == .max)
        #expect(values.output == "runs/it's a \"test\" é")
        #expect(values.epochs == 17)
        #expect(values.maxSteps == 20_000)
        #expect(values.batchSize == 96)
        #expect(values.data.root == "../pets")
        #expect(values.data.testFolder == "no")
        #expect(values.data.validation == .count(0))
        #expect(values.data.cropFraction == 0.9)
        #expect(values.data.standardDeviation == .fixed([1, .leastNonzeroMagnitude, 0.7]))
        #expect(values.data.onError == .skip)
        #expect(values.model.checkpoint == "12.safetensors")
        #expect(values.loss.classWeights == .fixed([1, 2.5, 0]))
        #expect(values.optimizer.betas == [0.8, 0.99])
        #expect(values.optimizer.normBiasLearningRateFactor == 8)
        #expect(values.optimizer.lookahead?.every == 6)
        #expect(values.optimizer.groups.map(\.match.patterns) == [["*.bn*", "fc"], ["stem"]])
        #expect(values.optimizer.groups.map(\.weightDecay) == [0, nil])
        #expect(values.fineTuning.freeze.patterns == ["stem", "layer1"])
        #expect(values.fineTuning.unfreeze.map(\.at) == [.epochs(3)])
        #expect(values.ema?.start == .epochs(5) && values.ema?.warmupPower == 0.75)
        #expect(values.evaluation.tta == .flip)
        #expect(values.schedule.milestones == [.epochs(3), .epochs(7.5), .steps(900)])
        #expect(values.schedule.warmup == .steps(35))
        #expect(values.augmentation.crop == nil)
        #expect(values.augmentation.randomResizedCrop?.scale == [0.35, 0.9])
        #expect(values.evaluation.metric == .macroF1)
        #expect(values.evaluation.earlyStop?.patience == 4)
        #expect(values.checkpoint.everySteps == 41)
        #expect(values.limits.timeLimit == .milliseconds(90_500))
        #expect(!values.limits.stopOnNaN)
    }

    @Test(arguments: [
        [], ["optimizer.name=adamw"], ["schedule.name=one_cycle"], ["schedule.name=polynomial"],
        ["schedule={name: step, step_size: 3.5, warmup: 1e-3 epochs}"], ["schedule.name=constant"],
        ["data={name: cifar100, root: /a b/c}"], ["data={name: folder, root: '1:30'}"],
        ["augmentation.crop={}"], ["augmentation.random_resized_crop.ratio=[1, 1]"],
        ["optimizer.lookahead={}"], ["limits.time_limit=2 h"], ["limits.time_limit=1.5 min"],
        ["output=\"a\\tb\\n\\u200b\\x7f#: \\\\\""], ["output='~'"], ["output=-x"],
        ["optimizer.learning_rate=1.7976931348623157e308"], ["data.validation=0"],
        ["data.validation=0.125"],
        ["optimizer.name=muon"], ["optimizer={name: muon, others: {name: sgd}}"],
        ["ema={}"], ["fine_tuning.freeze='*.bn*'"], ["accumulate=8"],
        ["optimizer.groups=[{match: 'layer1.*', learning_rate: 1e-3}]"],
        ["loss.class_weights=balanced"], ["checkpoint.every_epochs=null"],
    ])
    func whatIsPrintedReadsBackEqual(overrides: [String]) throws {
        let loaded = try Configuration.parse(short, file: "a b.yaml", overrides: overrides)
        try expectRoundTrip(of: loaded)
    }

    @Test func aFullFileReadsBackEqual() throws {
        try expectRoundTrip(of: Configuration.parse(full, file: "full.yaml"))
    }

    private func expectRoundTrip(of loaded: LoadedConfiguration) throws {
        for printed in [
            loaded.resolvedYAML(withOrigins: false), loaded.resolvedYAML(withOrigins: true),
            loaded.values.resolvedYAML(),
        ] {
            let again = try Configuration.parse(printed, file: "again.yaml")
            #expect(again.values == loaded.values, "\(printed)")
            #expect(again.resolvedYAML(withOrigins: false) == loaded.values.resolvedYAML())
        }
    }

    @Test func theCommandLineWinsOverTheFileAndTheFileOverTheDefault() throws {
        let text = short + "batch_size: 32\noptimizer:\n  momentum: 0.8\n  weight_decay: 0.01\n"
        let loaded = try Configuration.parse(
            text, file: "x.yaml",
            overrides: [
                "batch_size=48", "optimizer.momentum=0.7", "optimizer.momentum=0.6",
                "augmentation.crop.padding=3",
            ])
        #expect(loaded.values.batchSize == 48)
        #expect(loaded.values.optimizer.momentum == 0.6)
        #expect(loaded.values.optimizer.weightDecay == 0.01)
        #expect(loaded.values.optimizer.learningRate == 0.1)
        #expect(loaded.values.augmentation.crop?.padding == 3)
        #expect(loaded.origin(of: "batch_size") == .commandLine("batch_size=48"))
        #expect(
            loaded.origin(of: "optimizer.momentum") == .commandLine("optimizer.momentum=0.6"))
        #expect(
            loaded.origin(of: "optimizer.weight_decay")
                == .file(path: "x.yaml", line: 7, column: 17))
        #expect(loaded.origin(of: "optimizer.learning_rate") == .default)
        #expect(loaded.origin(of: "augmentation.crop.mode") == .default)
        let lines = loaded.resolvedYAML(withOrigins: true).split(separator: "\n")
        func line(_ start: String) -> String? {
            lines.first { $0.hasPrefix(start) }.map { line in
                line.split(separator: " ", omittingEmptySubsequences: true).joined(separator: " ")
            }
        }
        #expect(line("batch_size") == "batch_size: 48 # command line")
        #expect(line("  weight_decay") == "weight_decay: 0.01 # x.yaml:7")
        #expect(line("  learning_rate") == "learning_rate: 0.1 # default")
        #expect(line("seed") == "seed: 0 # default")
    }

    @Test func aKeyCanBeTakenOutOrAGroupReplaced() throws {
        let text = short + "optimizer: {momentum: 0.8, nesterov: false, weight_decay: 0.01}\n"
        let removed = try Configuration.parse(
            text, file: "x.yaml",
            overrides: [
                "~optimizer.momentum", "~optimizer.nesterov", "optimizer.name=adamw",
            ]
        ).values
        #expect(removed.optimizer.name == .adamw)
        #expect(removed.optimizer.weightDecay == 0.01)
        #expect(removed.optimizer.learningRate == 1e-3)
        let replaced = try Configuration.parse(
            text, file: "x.yaml", overrides: ["optimizer={momentum: 0.5}"]
        ).values
        #expect(replaced.optimizer.momentum == 0.5)
        #expect(replaced.optimizer.weightDecay == OptimizerConfiguration().weightDecay)
    }

    @Test func defaultsDependOnTheName() throws {
        let text = "data: {name: folder, root: p}\nmodel: {name: resnet18}\nmax_steps: 9\n"
        let values = try Configuration.parse(text, file: "x.yaml").values
        #expect(values.data.imageSize == 224)
        #expect(values.data.resize == .shorterSide)
        #expect(values.runName == "resnet18-folder")
        #expect(values.schedule.name == .cosine)
        #expect(values.epochs == nil)
    }

    @Test func aSplitIsCounted() {
        #expect(SplitSize.fraction(0.1).count(of: 137) == 14)
        #expect(SplitSize.fraction(0.001).count(of: 137) == 1)
        #expect(SplitSize.count(0).count(of: 137) == 0)
        #expect(TrainingLength.epochs(2.5).steps(stepsPerEpoch: 13) == 33)
        #expect(TrainingLength.steps(7).steps(stepsPerEpoch: 13) == 7)
    }
}
