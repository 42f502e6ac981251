/// The overlaps of each class, under both rules for the border side by side.
struct HTMLOverlapTable {
    let evaluation: SegmentationEvaluation

    /// The section's content.
    var html: String {
        let rules = evaluation.rules
        let names = evaluation.predictions.classNames
        let titles = rules.map { _ in
            OverlapFigure.allCases.map { "<th scope=\"col\">\($0.title)</th>" }.joined()
        }
        let groups =
            rules.count == 1
            ? ""
            : "<tr><td colspan=\"2\"></td>"
                + rules.map { "<th class=\"group\" colspan=\"4\">\(heading($0))</th>" }.joined()
                + "</tr>"
        return """
            <div class="scroll"><table class="classes overlaps"><thead>\(groups)<tr>\
            <th scope="col">class</th><th scope="col">of the pixels</th>\(titles.joined())</tr>\
            </thead><tbody>\(names.indices.map(row).joined(separator: "\n"))</tbody>
            <tfoot>\(mean)</tfoot></table></div>\(note)
            """
    }

    private func heading(_ rule: BorderRule) -> String {
        rule == .counted ? "all pixels" : "without “\(escaped(evaluation.borderName))”"
    }

    private func row(_ index: Int) -> String {
        let share = evaluation.pixelShare(of: index).map { NumberText.percent($0) } ?? "–"
        let cells = evaluation.rules.flatMap { rule in
            OverlapFigure.allCases.map { figure in
                cell(
                    evaluation.score(figure, of: index, rule),
                    evaluation.interval(figure, of: index, rule))
            }
        }
        let name = escaped(evaluation.predictions.classNames[index])
        return "<tr><th scope=\"row\">\(name)</th><td>\(share)</td>\(cells.joined())</tr>"
    }

    /// Precisions have no mean among the figures.
    private var mean: String {
        let cells = evaluation.rules.flatMap { rule in
            OverlapFigure.allCases.map { figure -> String in
                let mean: SegmentationFigure
                switch figure {
                case .iou: mean = .meanIoU
                case .dice: mean = .meanDice
                case .recall: mean = .meanClassAccuracy
                case .precision: return "<td></td>"
                }
                return cell(evaluation.score(mean, rule), evaluation.interval(mean, rule))
            }
        }
        return "<tr><th scope=\"row\">mean of the classes</th><td></td>\(cells.joined())</tr>"
    }

    private var note: String {
        guard evaluation.borderClass != nil else { return "" }
        let name = escaped(evaluation.borderName)
        return
            "<p class=\"note\">Without “\(name)”: pixels that are “\(name)” are left out, and so "
            + "is the class; predicting it elsewhere misses the true class.</p>"
    }

    private func cell(_ score: Score, _ interval: Interval?) -> String {
        guard let value = score.value else {
            return "<td title=\"\(escaped(score.reason ?? ""))\">–</td>"
        }
        let width = fixedPoint(value * 100, digits: 1)
        let range = interval.map { "<small>\(NumberText.range($0, digits: 3))</small>" } ?? ""
        return
            "<td>\(fixedPoint(value, digits: 4))<i class=\"bar\"><i style=\"width:\(width)%\"></i>"
            + "</i>\(range)</td>"
    }
}
