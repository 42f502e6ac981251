import Datasets

/// Pictures with their true and predicted masks: the worst, the middle and the best.
struct HTMLMaskGallery {
    let pictures: [SegmentationPicture]
    let evaluation: SegmentationEvaluation

    /// The section's content; nil without pictures.
    var html: String? {
        guard !pictures.isEmpty else { return nil }
        let groups = SegmentationExample.allCases.compactMap { example -> String? in
            let cards = pictures.filter { $0.example == example }.map(card)
            guard !cards.isEmpty else { return nil }
            return "<h3>\(example.title)</h3><div class=\"masks\">\(cards.joined(separator: "\n"))"
                + "</div>"
        }
        return "<p class=\"note\">Each from left to right: the picture, the true classes, the "
            + "predicted ones; their share is the mean IoU of the image.</p>\(legend)"
            + groups.joined(separator: "\n")
    }

    private var legend: String {
        let items = evaluation.predictions.classNames.enumerated().map { index, name in
            "<li><i style=\"background:\(MaskColour(index).hexadecimal)\"></i>\(escaped(name))</li>"
        }
        return "<ul class=\"legend swatches\">\(items.joined())</ul>"
    }

    private func card(_ picture: SegmentationPicture) -> String {
        let sample = evaluation.predictions.samples[picture.sample]
        let measures = sample.measures()
        let value = measures.value(.meanIoU).map { NumberText.percent($0, digits: 1) } ?? "–"
        let classes = evaluation.predictions.classNames.enumerated().compactMap { index, name in
            measures.value(.iou, of: index).map {
                "\(escaped(name)) \(NumberText.percent($0, digits: 1))"
            }
        }
        let name = escaped(sample.name)
        let images = [
            (picture.photo, "picture"), (picture.truth, "true classes"),
            (picture.prediction, "predicted classes"),
        ].map { png, kind in
            // Tiny pictures are shown as the pixels they are, not as a blur.
            let style = (pngWidth(png) ?? .max) <= 64 ? " class=\"pixels\"" : ""
            return "<img\(style) loading=\"lazy\" alt=\"\(kind) of \(name)\" "
                + "src=\"\(pngAddress(png))\">"
        }
        return """
            <figure><div>\(images.joined())</div><figcaption><b>\(value)</b> \
            <span>\(classes.joined(separator: " · "))</span>\
            <small title="\(name)">\(name)</small></figcaption></figure>
            """
    }
}

extension SegmentationExample {
    fileprivate var title: String {
        switch self {
        case .worst: "The worst"
        case .middle: "From the middle"
        case .best: "The best"
        }
    }
}
