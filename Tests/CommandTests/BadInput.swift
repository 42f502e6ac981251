import Testing

/// A command that cannot do what it is asked to.
struct BadInput: Sendable {
    /// What is wrong, for the reader of the page.
    let title: String
    let arguments: [String]
    /// 2 where the command itself is wrong, 1 where what it works on is.
    let status: Int32
    var input: [UInt8]

    init(_ title: String, _ command: String, status: Int32 = 1, input: [UInt8] = []) {
        self.title = title
        arguments = command.split(separator: " ").map {
            $0.replacingOccurrences(of: "␣", with: " ")
        }
        self.status = status
        self.input = input
    }

    /// The command as a person types it.
    var line: String {
        let words = arguments.map { word in
            word.contains { " {}[]~".contains($0) } ? "'\(word)'" : word
        }
        return (["residual"] + words).joined(separator: " ")
    }
}

extension BadInput {
    /// All cases, under the command they belong to. A `␣` is a space inside of a word.
    static let table: [(command: String, cases: [BadInput])] = [
        ("train", configurations + augmentations + trainingData + startingWeights + resuming),
        ("sweep", sweeps), ("runs, compare, verify and resume-check", runFolders),
        ("evaluate", evaluation), ("predict", prediction), ("serve", serving), ("data", data),
        ("models and bench", benchmarks), ("residual", program),
    ]

    private static let configurations = [
        BadInput("No file", "train", status: 2),
        BadInput("A file that is not there", "train missing.yaml", status: 2),
        BadInput("A file that is not YAML", "train pictures/good.png", status: 2),
        BadInput("Several mistakes at once", "train mistakes.yaml", status: 2),
        BadInput("Broken YAML", "train broken.yaml", status: 2),
        BadInput("An unknown model", "train tiny.yaml model.name=resnet21", status: 2),
        BadInput(
            "A number out of range", "train tiny.yaml optimizer.learning_rate=-1", status: 2),
        BadInput(
            "Muon's other parameters by a rule that is not there",
            "train tiny.yaml optimizer={name:␣muon,␣others:␣{name:␣lion}}", status: 2),
        BadInput(
            "A learning rate for parameters that are not there",
            "train tiny.yaml optimizer.groups=[{match:␣layr1,␣learning_rate_factor:␣0.1}]",
            status: 2),
        BadInput(
            "A frozen part that is not there", "train tiny.yaml fine_tuning.freeze=[stam]",
            status: 2),
        BadInput("Everything frozen", "train tiny.yaml fine_tuning.freeze='*'", status: 2),
        BadInput(
            "Unfreezing what is not frozen",
            "train tiny.yaml fine_tuning.unfreeze=[{match:␣layer1,␣at:␣2␣epochs}]", status: 2),
        BadInput("No batches in an update", "train tiny.yaml accumulate=0", status: 2),
        BadInput(
            "An average that forgets nothing", "train tiny.yaml ema={decay:␣1}", status: 2),
        BadInput(
            "Measuring an average that is not there", "train tiny.yaml evaluation.weights=ema",
            status: 2),
        BadInput(
            "An option that the model does not have",
            "train tiny.yaml model={name:␣airbench94,␣zero_init_residual:␣true}", status: 2),
        BadInput("A change without a value", "train tiny.yaml epochs", status: 2),
        BadInput("An unknown option", "train tiny.yaml --fast", status: 2),
        BadInput(
            "Class weights for another number of classes",
            "train tiny.yaml loss.class_weights=[1,2]"),
        BadInput("A folder that exists", "train tiny.yaml output=photos"),
        BadInput("Repeating a run once", "train tiny.yaml --repeats 1", status: 2),
        BadInput(
            "Repeating into a folder that exists", "train tiny.yaml output=photos --repeats 2"),
        BadInput("Repeating a run under way", "train --resume damaged --repeats 2", status: 2),
    ]

    private static let augmentations =
        [
            ("A policy beside another", "trivial_augment=true augmentation.rand_augment={}"),
            ("A policy without operations", "rand_augment={count:␣0}"),
            ("A strength beyond the strongest", "rand_augment={magnitude:␣31}"),
            ("A hue beyond the circle", "color_jitter={hue:␣0.6}"),
            ("A negative change of colours", "color_jitter={brightness:␣-0.1}"),
            ("A share above 1", "greyscale=1.5"),
            ("A part of nothing", "random_erasing={scale:␣[0,␣0.3]}"),
            ("Proportions the wrong way round", "random_erasing={ratio:␣[3,␣0.3]}"),
            ("An unknown fill", "random_erasing={fill:␣gray}"),
            ("A square that leaves nothing", "cutout={size:␣64}"),
            ("Mixing of nothing", "mixing={mixup:␣null,␣cutmix:␣null}"),
            ("Mixing without variation", "mixing={cutmix:␣0}"),
            ("Mixing of single pictures", "mixing={} batch_size=1"),
            ("Another program's name for mixing", "mixup_alpha=0.2"),
        ].map { title, change in
            BadInput(title, "train tiny.yaml augmentation.\(change)", status: 2)
        } + [
            BadInput("An unknown sampling", "train tiny.yaml data.sampling=weighted", status: 2),
            BadInput("No repeats", "train tiny.yaml data.repeats=0", status: 2),
            BadInput(
                "Repeats of a balanced sample",
                "train tiny.yaml data.repeats=2 data.sampling=balanced", status: 2),
        ]

    private static let trainingData = [
        BadInput("Data that is not there", "train tiny.yaml data={name:␣cifar10,␣root:␣nowhere}"),
        BadInput(
            "A folder that is not there",
            "train tiny.yaml data={name:␣folder,␣root:␣nowhere,␣image_size:␣16}"),
        BadInput(
            "A class without pictures",
            "train tiny.yaml data={name:␣folder,␣root:␣hollow,␣image_size:␣16}"),
        BadInput(
            "A class that only the test part has",
            "train tiny.yaml "
                + "data={name:␣folder,␣root:␣strange,␣test_folder:␣test,␣image_size:␣16}"),
        BadInput(
            "A damaged picture among the training pictures",
            "train tiny.yaml data={name:␣folder,␣root:␣torn,␣image_size:␣16,␣validation:␣0}"),
        BadInput(
            "A task that nobody learns",
            "train tiny.yaml data={name:␣oxford-pets,␣root:␣pets,␣task:␣colour}", status: 2),
        BadInput(
            "A task of other data", "train tiny.yaml data.task=breed", status: 2),
        BadInput(
            "A seed that is no number", "train tiny.yaml data.split_seed=first", status: 2),
        BadInput(
            "A model of pixels for classes of images", "train tiny.yaml model.name=unet-resnet18",
            status: 2),
        BadInput(
            "Pixels to learn by a model of images",
            "train tiny.yaml "
                + "data={name:␣oxford-pets,␣root:␣pets,␣task:␣segmentation,␣image_size:␣16}",
            status: 2),
        BadInput(
            "A picture in two parts",
            "train tiny.yaml data={name:␣oxford-pets,␣root:␣twins,␣image_size:␣16}"),
        BadInput(
            "More validation pictures than there are",
            "train tiny.yaml data={name:␣folder,␣root:␣photos,␣image_size:␣16,␣validation:␣50}"),
    ]

    private static let startingWeights = [
        BadInput(
            "First weights that are not there",
            "train tiny.yaml model.checkpoint=missing.safetensors"),
        BadInput(
            "First weights in another format", "train tiny.yaml model.checkpoint=broken.yaml"),
        BadInput(
            "First weights of another model",
            "train tiny.yaml model.checkpoint=models/shortened.safetensors"),
    ]

    private static let resuming = [
        BadInput("Going on with nothing", "train --resume nowhere", status: 2),
        BadInput("Going on with a file", "train --resume tiny.yaml", status: 2),
        BadInput("Going on with some other folder", "train --resume photos", status: 2),
        BadInput("Going on with a damaged checkpoint", "train --resume damaged"),
        BadInput("Going on with a model alone", "train --resume stateless"),
        BadInput("Going on with other data", "train --resume moved"),
        BadInput(
            "Changing a run under way", "train --resume damaged optimizer.learning_rate=1",
            status: 2),
    ]

    private static let sweeps = [
        BadInput("Nothing that varies", "sweep tiny.yaml", status: 2),
        BadInput("An axis without values", "sweep tiny.yaml seed", status: 2),
        BadInput("An empty value", "sweep tiny.yaml seed=1,,2", status: 2),
        BadInput("A value given twice", "sweep tiny.yaml seed=1,2,1", status: 2),
        BadInput("A key given twice", "sweep tiny.yaml seed=0..1 seed=2..3", status: 2),
        BadInput("Too many seeds", "sweep tiny.yaml seed=0..99999", status: 2),
        BadInput("A key that changes no result", "sweep tiny.yaml threads=1,2", status: 2),
        BadInput("An unknown key", "sweep tiny.yaml optimizer.lerning_rate=1,2", status: 2),
        BadInput(
            "A mistake in one combination",
            "sweep tiny.yaml optimizer.learning_rate=0.1,fast seed=0..1",
            status: 2),
        BadInput("A file that is not there", "sweep missing.yaml seed=0..1", status: 2),
        BadInput("A folder that exists", "sweep tiny.yaml seed=0..1 --output photos"),
        BadInput("Going on with nothing", "sweep --resume nowhere"),
        BadInput("Going on and changing", "sweep tiny.yaml seed=1,2 --resume nowhere", status: 2),
    ]

    private static let runFolders = [
        BadInput("A folder that is not there", "runs nowhere"),
        BadInput("A filter without a key", "runs . --filter resnet", status: 2),
        BadInput("A filter by an unknown key", "runs . --filter modle=resnet", status: 2),
        BadInput("An unknown order", "runs . --sort size", status: 2),
        BadInput("Comparing with nothing", "compare photos nowhere"),
        BadInput("Comparing what was not measured", "compare damaged moved"),
        BadInput("Comparing other samples", "compare measured/a measured/fewer"),
        BadInput("Comparing other classes", "compare measured/a measured/classes"),
        BadInput("Comparing other pictures", "compare measured/a measured/names"),
        BadInput("Comparing other labels", "compare measured/a measured/labels"),
        BadInput("Comparing another task", "compare measured/a measured/pixels"),
        BadInput("Comparing masks of another size", "compare measured/pixels measured/larger"),
        BadInput("A damaged table of predictions", "compare measured/a measured/torn"),
        BadInput("A table of pixels without a pair", "compare measured/pixels measured/pairs"),
        BadInput("A wrong number of pixels", "compare measured/pixels measured/counts"),
        BadInput("Too few resamples", "compare measured/a measured/a --resamples 1", status: 2),
        BadInput("Verifying nothing", "verify nowhere", status: 2),
        BadInput("Verifying what recorded nothing", "verify recordless", status: 2),
        BadInput("Verifying a damaged checkpoint", "verify damaged", status: 2),
        BadInput("Verifying with other data", "verify elsewhere", status: 2),
        BadInput(
            "Verifying another run", "verify recordless optimizer.learning_rate=1", status: 2),
        BadInput("Verifying no steps", "verify recordless --steps 0", status: 2),
        BadInput("Checking a file that is not there", "resume-check missing.yaml", status: 2),
        BadInput("Checking too few steps", "resume-check tiny.yaml --steps 3", status: 2),
        BadInput(
            "Checking a run that diverges",
            "resume-check tiny.yaml optimizer.learning_rate=1e30 schedule={name:␣constant}",
            status: 2),
    ]

    private static let evaluation = [
        BadInput("A model that is not there", "evaluate missing.safetensors"),
        BadInput("A folder that is no run", "evaluate photos"),
        BadInput("An empty file", "evaluate models/cut-0.safetensors"),
        BadInput("A file cut in its first bytes", "evaluate models/cut-5.safetensors"),
        BadInput("A file cut in its header", "evaluate models/cut-header.safetensors"),
        BadInput("A file cut in its numbers", "evaluate models/cut-data.safetensors"),
        BadInput("A file with more at its end", "evaluate models/longer.safetensors"),
        BadInput("A header without bounds", "evaluate models/huge.safetensors"),
        BadInput("A flipped bit in the header", "evaluate models/flipped.safetensors"),
        BadInput("An unknown type of numbers", "evaluate models/type.safetensors"),
        BadInput("A type of another size", "evaluate models/width.safetensors"),
        BadInput("Weights without a description", "evaluate models/bare.safetensors"),
        BadInput("A damaged description", "evaluate models/garbled.safetensors"),
        BadInput("A file of a newer program", "evaluate models/newer.safetensors"),
        BadInput("A model nobody knows", "evaluate models/unknown.safetensors"),
        BadInput(
            "Fewer class names than outputs", "predict models/classes.safetensors pictures/good.png"
        ),
        BadInput("An array that is missing", "evaluate models/shortened.safetensors"),
        BadInput("Weights that are not numbers", "evaluate models/diverged.safetensors"),
        BadInput("Data with other classes", "evaluate models/two.safetensors"),
        BadInput("A model that classifies pixels", "evaluate models/pixels.safetensors"),
        BadInput(
            "A part that the data lacks",
            "evaluate models/good.safetensors data.validation=0 "
                + "--split validation"),
        BadInput("An unknown part", "evaluate models/good.safetensors --split dev", status: 2),
        BadInput(
            "No pictures at a time", "evaluate models/good.safetensors --batch-size 0", status: 2),
        BadInput("No threads", "evaluate models/good.safetensors --threads 0", status: 2),
    ]

    private static let prediction = [
        BadInput("No pictures", "predict models/good.safetensors", status: 2),
        BadInput(
            "A model that classifies pixels", "predict models/pixels.safetensors pictures/good.png"),
        BadInput(
            "A task that the model has not",
            "predict models/good.safetensors pictures/good.png --task breed"),
        BadInput("A damaged model", "predict models/cut-data.safetensors pictures/good.png"),
        BadInput("A picture that is not there", "predict models/good.safetensors missing.png"),
        BadInput("An empty file", "predict models/good.safetensors pictures/empty.png"),
        BadInput("A cut JPEG", "predict models/good.safetensors pictures/cut.jpg"),
        BadInput("A cut PNG", "predict models/good.safetensors pictures/cut.png"),
        BadInput("A GIF called .jpg", "predict models/good.safetensors pictures/moving.jpg"),
        BadInput("A bomb", "predict models/good.safetensors pictures/bomb.png"),
        BadInput("A text", "predict models/good.safetensors tiny.yaml"),
        BadInput("A folder without pictures", "predict models/good.safetensors models"),
        BadInput("Nothing on standard input", "predict models/good.safetensors -"),
        BadInput(
            "A web page on standard input", "predict models/good.safetensors -",
            input: Array("<!DOCTYPE html><title>Not found</title>".utf8)),
        BadInput(
            "No classes", "predict models/good.safetensors pictures/good.png --top-k 0", status: 2),
        BadInput(
            "An unknown format", "predict models/good.safetensors pictures/good.png --format xml",
            status: 2),
    ]

    private static let serving = [
        BadInput("A model that is not there", "serve missing.safetensors"),
        BadInput("A damaged model", "serve models/cut-header.safetensors"),
        BadInput("A model that classifies pixels", "serve models/pixels.safetensors"),
        BadInput("Weights that are not numbers", "serve models/diverged.safetensors"),
        BadInput("A port that cannot be", "serve models/good.safetensors --port 70000", status: 2),
        BadInput(
            "A level that nobody logs at", "serve models/good.safetensors --log-level loud",
            status: 2),
        BadInput(
            "An address of another machine",
            "serve models/good.safetensors --port 0 --host 192.0.2.1", status: 2),
        BadInput("No queue", "serve models/good.safetensors --queue 0", status: 2),
    ]

    private static let data = [
        BadInput("A folder that is not there", "data info nowhere"),
        BadInput("A folder without classes", "data check pictures data.train_folder=."),
        BadInput("A key of other data", "data info shapes data.train_folder=a", status: 2),
        BadInput("An archive that is not there", "data prepare cifar10 --archive cifar.tar.gz"),
        BadInput("Data that is not there", "data prepare cifar100 --root nowhere"),
        BadInput("A damaged picture", "data prepare torn data.validation=0"),
        BadInput("A preview of nothing", "data preview tiny.yaml --samples 0", status: 2),
        BadInput("A preview of a set", "data preview shapes", status: 2),
        BadInput(
            "A preview without a place",
            "data preview tiny.yaml --output nowhere/sheet.png --samples 2 --epochs 1"),
        BadInput(
            "Pets without trimaps", "data check oxford-pets --root twins data.task=segmentation"),
    ]

    private static let benchmarks = [
        BadInput("An unknown model", "models resnet51", status: 2),
        BadInput("Pictures without extent", "models resnet50 --size 0", status: 2),
        BadInput("No model", "bench train --batch 8", status: 2),
        BadInput("An unknown model", "bench infer --model vgg16 --batch 8", status: 2),
        BadInput("No batch", "bench train --model resnet20 --batch 0", status: 2),
        BadInput(
            "An unknown number format",
            "bench train --model resnet20 --batch 8 --precision f8", status: 2),
        BadInput(
            "A number format of training alone",
            "bench infer --model resnet20 --batch 8 --precision bf16", status: 2),
        BadInput(
            "Unknown numerics", "bench train --model resnet20 --batch 8 --numerics quick",
            status: 2),
        BadInput(
            "A stage that is not in the model",
            "bench train --model resnet20 --batch 8 --recompute stem,layr1", status: 2),
        BadInput(
            "No stage", "bench train --model resnet20 --batch 8 --recompute ,", status: 2),
        BadInput("A text for a number", "bench infer --model resnet20 --batch few", status: 2),
        BadInput("No steps", "bench infer --model resnet20 --batch 8 --steps 0", status: 2),
        BadInput("No model and not all", "bench kernels --batch 8", status: 2),
        BadInput("A model and all", "bench kernels --model resnet20 --all", status: 2),
        BadInput("An unknown model", "bench kernels --model resnet21 --steps 1", status: 2),
        BadInput("No pictures in a step", "bench kernels --all --batch 0", status: 2),
        BadInput("A file that is not there", "bench data --config missing.yaml", status: 2),
        BadInput("An unknown benchmark", "bench disk", status: 2),
    ]

    private static let program = [
        BadInput("An unknown command", "trian tiny.yaml", status: 2)
    ]
}
