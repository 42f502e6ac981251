/// The pictures of the most confident mistakes.
struct HTMLGallery {
    let mistakes: [MistakePicture]
    let predictions: Predictions

    /// The section's content; nil without pictures.
    var html: String? {
        guard !mistakes.isEmpty else { return nil }
        return "<div class=\"gallery\">\(mistakes.map(card).joined(separator: "\n"))</div>"
    }

    private func card(_ mistake: MistakePicture) -> String {
        let sample = mistake.sample
        let label = predictions.classNames[Int(predictions.labels[sample])]
        let predicted = predictions.classNames[Int(predictions.predictedLabels[sample])]
        let confidence = NumberText.percent(Double(predictions.confidence(sample)), digits: 1)
        let name = predictions.sampleNames[sample]
        // Tiny pictures are shown as the pixels they are, not as a blur.
        let style = (pngWidth(mistake.png) ?? .max) <= 64 ? " class=\"pixels\"" : ""
        let alternative = "\(label), taken for \(predicted)"
        return """
            <figure><img\(style) loading="lazy" alt="\(escaped(alternative))" \
            src="\(pngAddress(mistake.png))"><figcaption>\
            <span class="true">\(escaped(label))</span>\
            <span class="wrong">→ \(escaped(predicted)) <em>\(confidence)</em></span>\
            <small title="\(escaped(name))">\(escaped(name))</small></figcaption></figure>
            """
    }
}
