/// The backward sweep: from the newest operation to the oldest, each pullback taken once.
func sweep(from root: Node?, seed: Tensor, _ recording: Recording) -> Gradients {
    guard let root, root.recording === recording else { return Gradients() }
    var pending = [ObjectIdentifier(root): seed]
    return sweep(from: root, &pending, recording)
}

/// The sweep from gradients that are `pending` at their operations. Whoever holds them elsewhere keeps
/// their memory in use for longer than the sweep needs it.
func sweep(
    from root: Node, _ pending: inout [ObjectIdentifier: Tensor], _ recording: Recording
) -> Gradients {
    var result = Gradients()
    let leafOwners = Dictionary(
        uniqueKeysWithValues: recording.leaves.map { (ObjectIdentifier($1), $0) })
    for node in reachableNodes(from: root) {
        guard var gradient = pending.removeValue(forKey: ObjectIdentifier(node)) else { continue }
        if let owner = leafOwners[ObjectIdentifier(node)] {
            result.byParameter[owner] = gradient
            continue
        }
        if node.isWatched { result.byLeaf[ObjectIdentifier(node)] = gradient }
        guard let state = node.takeState() else { continue }
        let contributions = state.pullback(&gradient, state.parents.map { $0 != nil })
        for (parent, contribution) in zip(state.parents, contributions) {
            guard let parent, let contribution else { continue }
            accumulate(contribution, into: &pending, for: ObjectIdentifier(parent), node.name)
        }
    }
    return result
}

private func reachableNodes(from root: Node) -> [Node] {
    var seen: Set<ObjectIdentifier> = [ObjectIdentifier(root)]
    var nodes = [root]
    var position = 0
    while position < nodes.count {
        for case let parent? in nodes[position].parents
        where seen.insert(ObjectIdentifier(parent)).inserted {
            nodes.append(parent)
        }
        position += 1
    }
    return nodes.sorted { $0.number > $1.number }
}

private func accumulate(
    _ contribution: Tensor, into pending: inout [ObjectIdentifier: Tensor],
    for parent: ObjectIdentifier, _ name: StaticString
) {
    guard var sum = pending.removeValue(forKey: parent) else {
        pending[parent] = contribution
        return
    }
    guard sum.shape == contribution.shape else {
        fatalError("\(name): gradient \(contribution.shape) does not fit \(sum.shape)")
    }
    let contribution = contribution.copied(as: sum.elementType)
    sum.withUniqueMemory { backend, memory in
        backend.accumulate(contribution.memory, count: contribution.count, into: memory)
    }
    pending[parent] = sum
}
