import Datasets

extension TrainingData {
    /// What the model sees in training: a few pictures, in a row each, in several epochs.
    ///
    /// The pictures are spread over the training part. They go through the run's own loader, so that
    /// all is there that training does: crops, colours, erasures and mixing; then normalisation is
    /// undone. A caption names the class, of mixed pictures both with their shares. Data with masks has
    /// them over the picture once more beside it.
    ///
    /// - Throws: `DatasetError` for a picture that cannot be read.
    public func preview(
        _ configuration: Configuration, samples: Int, epochs: Int
    ) throws(DatasetError) -> Image {
        let count = min(samples, train.count)
        let chosen = Subset(train, indices: (0..<count).map { $0 * train.count / count })
        let loader = BatchLoader(
            chosen, batchSize: count, augmentation: augmentation,
            normalization: preprocessing.normalization, seed: configuration.seed, workers: 0,
            mixing: configuration.augmentation.mixing.map(BatchMixing.init))
        var sheet: ContactSheet?
        for epoch in 0..<epochs {
            guard let batch = try loader.batches(epoch: epoch).next() else { continue }
            let (height, width) = (batch.shape[1], batch.shape[2])
            let views = batch.masks.isEmpty ? 1 : 2
            var page =
                sheet
                ?? ContactSheet(
                    rows: count, columns: views * epochs, width: width, height: height)
            for place in 0..<batch.count {
                let picture = batch.picture(place, preprocessing)
                page.add(
                    picture, row: place, column: views * epoch, caption: caption(place, of: batch))
                if let mask = batch.mask(place) {
                    page.add(
                        picture.overlaid(with: mask), row: place, column: views * epoch + 1,
                        caption: [])
                }
            }
            sheet = page
        }
        guard let sheet else {
            throw DatasetError(path: title, message: "there are no training pictures to show")
        }
        return sheet.image
    }

    private func caption(_ place: Int, of batch: Batch) -> [String] {
        let own = train.classNames[Int(batch.labels[place])]
        guard batch.ownShare < 1 else { return [own] }
        func percent(_ share: Float) -> String { "\(Int((share * 100).rounded()))% " }
        let other = train.classNames[Int(batch.partners(of: batch.labels)[place])]
        return [percent(batch.ownShare) + own, percent(1 - batch.ownShare) + other]
    }
}
