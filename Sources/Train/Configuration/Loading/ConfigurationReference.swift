/// The reference of all configuration keys as Markdown, made from their declarations.
///
/// `docs/configuration.md` is this text.
public func configurationReference() -> String {
    var text = introduction
    func add(_ entries: [SchemaEntry], path: String, depth: Int) {
        let plain = entries.filter { $0.children == nil }
        if !plain.isEmpty {
            text += "| key | value | default | meaning |\n|---|---|---|---|\n"
            for entry in plain { text += tableRow(entry) }
            text += "\n"
        }
        for entry in entries {
            guard let children = entry.children else { continue }
            let below = path.isEmpty ? entry.key : "\(path).\(entry.key)"
            text += String(repeating: "#", count: depth) + " `\(below)`\n\n\(entry.summary)"
            if !entry.defaultText.isEmpty, entry.defaultText != "required" {
                text += " The default is `\(entry.defaultText)`."
            }
            text += "\n\n"
            add(children, path: below, depth: depth + 1)
        }
    }
    text += "## Top level\n\n"
    add(Configuration.schema(), path: "", depth: 2)
    while text.hasSuffix("\n\n") { text.removeLast() }
    return text
}

private func tableRow(_ entry: SchemaEntry) -> String {
    var kind = entry.kind
    if let unit = entry.unit { kind += " (\(unit))" }
    var summary = entry.summary
    if !entry.users.isEmpty {
        summary = "For " + entry.users.map { "`\($0)`" }.joined(separator: ", ") + ". " + summary
    }
    let standard = entry.defaultText == "required" ? "**required**" : codeStyle(entry.defaultText)
    let cells = ["`\(entry.key)`", kind, standard, summary]
    return "| " + cells.map { tableCell($0) }.joined(separator: " | ") + " |\n"
}

/// Values in code style; the names of variants after them stay as they are.
private func codeStyle(_ text: String) -> String {
    guard text.contains(" (") else { return "`\(text)`" }
    return text.split(separator: "), ").map { part in
        guard let space = part.firstRange(of: " (") else { return "`\(part)`" }
        let names = part[space.upperBound...].filter { $0 != ")" }
        return "`\(part[..<space.lowerBound])` (\(names))"
    }.joined(separator: ", ")
}

/// A `|` would end the cell.
private func tableCell(_ text: String) -> String {
    text.split(separator: "|", omittingEmptySubsequences: false).joined(separator: "\\|")
}

private let introduction = """
    # Configuration

    A run is described by one YAML file. This much is enough; everything else has a default:

    ```yaml
    epochs: 10
    data:
      name: shapes
    model:
      name: resnet20
    ```

    - **Overrides.** `key=value` after the file's name wins over the file, with dotted keys and
      YAML values: `optimizer.learning_rate=0.05`, `data.mean=[0.5, 0.5, 0.5]`,
      `augmentation.crop=null`. A whole group can be given at once, which replaces it:
      `schedule={name: step, step_size: 30}`. `~schedule.warmup` takes a key out of the file, back
      to its default. Later overrides win over earlier ones.
    - **Strictness.** Unknown keys, keys that the chosen optimizer, schedule or data set does not
      use, wrong types and values out of range are errors, all reported at once with line and
      column.
    - **Numbers** may be written `5e-4`, `1_000`, `.5` or `+3`; text in quotes is never a number.
      Only `true` and `false` are booleans. `null` (or `~`, or nothing) is null.
    - **Lengths** such as `schedule.warmup` are `2 epochs` or `500 steps`; a bare number counts
      epochs. **Times** are `90 s`, `30 min` or `2 h`.
    - Anchors (`&name`) and aliases (`*name`) work; tags and merge keys do not.
    - The resolved configuration, with every default written out, is saved with each run and is
      itself a valid file.


    """
