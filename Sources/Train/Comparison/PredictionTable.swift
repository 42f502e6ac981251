import Support

extension TaskPredictions {
    /// Reads what `writeCSV` wrote. Columns are found by their names, in any order; unknown ones are
    /// left out.
    ///
    /// - Throws: `FileError` naming the line and what is wrong with it.
    public init(csv path: String) throws(FileError) {
        let table = try CSVTable(predictionsAt: path)
        let isSegmentation = table.header.contains { $0.hasPrefix(PixelColumns.counts) }
        self =
            isSegmentation
            ? .segmentation(try SegmentationPredictions(table))
            : .classification(try Predictions(table))
    }
}

extension Predictions {
    fileprivate init(_ table: CSVTable) throws(FileError) {
        let places = (
            try table.column("index"), try table.column("name"), try table.column("label")
        )
        let (scores, classNames) = try table.columns("probability_")
        let labelOfClass = Dictionary(zip(classNames, classNames.indices)) { first, _ in first }
        var (labels, names, indices) = ([Int32](), [String](), [Int]())
        var probabilities: [Float] = []
        probabilities.reserveCapacity(table.rows.count * classNames.count)
        for row in table.rows {
            try table.check(row)
            indices.append(try table.index(row, places.0))
            names.append(row.fields[places.1])
            guard let label = labelOfClass[row.fields[places.2]] else {
                throw table.malformed(
                    row.line, "'\(row.fields[places.2])' is none of the classes")
            }
            labels.append(Int32(label))
            for place in scores {
                guard let probability = Float(row.fields[place]) else {
                    throw table.malformed(row.line, "'\(row.fields[place])' is no probability")
                }
                probabilities.append(probability)
            }
        }
        self.init(
            classNames: classNames, labels: labels, probabilities: probabilities,
            sampleNames: names, sampleIndices: indices)
    }
}

extension SegmentationPredictions {
    fileprivate init(_ table: CSVTable) throws(FileError) {
        let places = (try table.column("index"), try table.column("name"))
        let (losses, classNames) = try table.columns(PixelColumns.losses)
        let (cells, _) = try table.columns(PixelColumns.counts)
        guard classNames.count < 255, cells.count == classNames.count * classNames.count else {
            throw table.malformed(
                1,
                "has \(cells.count) columns '\(PixelColumns.counts)<true>_<predicted>'; expected "
                    + "\(classNames.count) x \(classNames.count), for the columns "
                    + "'\(PixelColumns.losses)<class>'")
        }
        var samples: [Sample] = []
        for row in table.rows {
            try table.check(row)
            var counts: [Int] = []
            for place in cells {
                guard let count = Int(row.fields[place]), (0...Int(Int32.max)).contains(count)
                else {
                    throw table.malformed(
                        row.line, "'\(row.fields[place])' is no number of pixels")
                }
                counts.append(count)
            }
            var sums: [Double] = []
            for place in losses {
                guard let sum = Double(row.fields[place]) else {
                    throw table.malformed(row.line, "'\(row.fields[place])' is no loss")
                }
                sums.append(sum)
            }
            samples.append(
                Sample(
                    name: row.fields[places.1], index: try table.index(row, places.0),
                    confusionMatrix: ConfusionMatrix(
                        counts: counts, classCount: classNames.count),
                    losses: sums))
        }
        self.init(classNames: classNames, samples: samples)
    }
}
