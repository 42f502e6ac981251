import Support

extension Predictions {
    /// Writes one line per sample: `index, name, label, predicted, correct, confidence`,
    /// then `probability_<class>` for each class.
    ///
    /// `label` and `predicted` are class names, `correct` is 1 or 0. RFC 4180 with line feeds; numbers in the shortest
    /// form that reads back to the same Float32.
    public func writeCSV(to path: String) throws(FileError) {
        try writeTable(to: path) { append in
            let columns = ["index", "name", "label", "predicted", "correct", "confidence"]
            guard append(csvLine(columns + classNames.map { "probability_\($0)" })) else { return }
            for sample in labels.indices {
                let fields = [
                    String(sampleIndices[sample]), sampleNames[sample],
                    classNames[Int(labels[sample])], classNames[Int(predictedLabels[sample])],
                    labels[sample] == predictedLabels[sample] ? "1" : "0",
                    "\(confidence(sample))",
                ]
                guard append(csvLine(fields + row(sample).map { "\($0)" })) else { return }
            }
        }
    }
}

/// What the names of columns begin with that hold the pixels of an image.
enum PixelColumns {
    /// Followed by the true and the predicted class; row by row.
    static let counts = "pixels_"
    /// Followed by the true class.
    static let losses = "loss_"
}

extension SegmentationPredictions {
    /// Writes one line per image: `index, name, mean_iou, pixel_accuracy`, then for each class
    /// `iou_<class>` and `loss_<class>`, and for each pair `pixels_<true>_<predicted>`.
    ///
    /// `loss_<class>` is the sum of −log p over the pixels of the class. What is undefined is empty. RFC
    /// 4180 with line feeds; numbers in the shortest form that reads back to the same Float64.
    public func writeCSV(to path: String) throws(FileError) {
        func text(_ value: Double?) -> String { value.map { "\($0)" } ?? "" }
        try writeTable(to: path) { append in
            var columns = ["index", "name", "mean_iou", "pixel_accuracy"]
            columns += classNames.map { "iou_\($0)" }
            columns += classNames.map { PixelColumns.losses + $0 }
            for label in classNames {
                columns += classNames.map { "\(PixelColumns.counts)\(label)_\($0)" }
            }
            guard append(csvLine(columns)) else { return }
            for sample in samples {
                let measures = sample.measures()
                var fields = [
                    String(sample.index), sample.name, text(measures.value(.meanIoU)),
                    text(measures.value(.pixelAccuracy)),
                ]
                fields += classNames.indices.map { text(measures.value(.iou, of: $0)) }
                fields += sample.losses.map { "\($0)" }
                fields += sample.confusionMatrix.counts.map(String.init)
                guard append(csvLine(fields)) else { return }
            }
        }
    }
}

extension ConfusionMatrix {
    /// Writes the counts with the class names above and beside them; rows are true classes.
    public func writeCSV(classNames: [String], to path: String) throws(FileError) {
        try writeTable(to: path) { append in
            guard append(csvLine(["true \\ predicted"] + classNames)) else { return }
            for label in 0..<classCount {
                let counts = (0..<classCount).map { String(self[label, $0]) }
                guard append(csvLine([classNames[label]] + counts)) else { return }
            }
        }
    }
}

/// Writes lines through a buffer of a megabyte; `append` returns false once writing has failed.
private func writeTable(
    to path: String, _ body: (_ append: (String) -> Bool) -> Void
) throws(FileError) {
    try AtomicFile.write(to: path) { descriptor in
        var buffer: [UInt8] = []
        var failure: Int32 = 0
        func flush() {
            failure = buffer.withUnsafeBytes { FileDescriptor.writeAll($0, to: descriptor) }
            buffer.removeAll(keepingCapacity: true)
        }
        body { line in
            buffer.append(contentsOf: line.utf8)
            buffer.append(0x0A)
            if buffer.count >= 1 << 20 { flush() }
            return failure == 0
        }
        if failure == 0 { flush() }
        return failure
    }
}
