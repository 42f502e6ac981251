import Tensor

/// One pass over the stored properties of a module and of all modules inside it.
struct ModuleWalk {
    enum State {
        case parameter(Parameter)
        case statistic(Statistic)
        case counter(Counter)

        var object: AnyObject {
            switch self {
            case .parameter(let parameter): parameter
            case .statistic(let statistic): statistic
            case .counter(let counter): counter
            }
        }
    }

    private(set) var entries: [(key: String, state: State)] = []
    private(set) var modules: [(name: String, module: any Module)] = []
    private var nameOfObject: [ObjectIdentifier: String] = [:]

    init(of module: any Module) { visit(module, path: "") }

    private mutating func visit(_ module: any Module, path: String) {
        claim(module, path)
        modules.append((path, module))
        if let sequential = module as? Sequential {
            visitElements(of: sequential.layers, path: path)
            return
        }
        // The properties of a superclass come first, as their declaration does.
        var mirrors = [Mirror(reflecting: module)]
        while let parent = mirrors[0].superclassMirror { mirrors.insert(parent, at: 0) }
        for child in mirrors.flatMap(\.children) {
            guard let label = child.label else { continue }
            if label.hasPrefix(lazyPrefix) {
                refuseLazy(child.value, owner: module, property: label.dropFirst(lazyPrefix.count))
            } else {
                visit(child.value, path: join(path, label), owner: module)
            }
        }
    }

    private mutating func visit(_ value: Any, path: String, owner: any Module) {
        switch value {
        case let module as any Module: visit(module, path: path)
        case let parameter as Parameter: add(.parameter(parameter), path, key: nil)
        case let statistic as Statistic: add(.statistic(statistic), path, key: statistic.key)
        case let counter as Counter: add(.counter(counter), path, key: counter.key)
        default:
            let mirror = Mirror(reflecting: value)
            if mirror.displayStyle == .optional {
                for child in mirror.children { visit(child.value, path: path, owner: owner) }
            } else if mirror.displayStyle == .collection {
                visitElements(of: mirror.children.map(\.value), path: path, owner: owner)
            } else if containsState(value) {
                fatalError(
                    """
                    \(type(of: owner)): property '\(path)' is a \(type(of: value)) with parameters \
                    inside, which have no stable names; hold them in properties, arrays or modules
                    """)
            }
        }
    }

    private mutating func visitElements(of layers: [any Module], path: String) {
        for (position, layer) in layers.enumerated() {
            visit(layer, path: join(path, "\(position)"))
        }
    }

    private mutating func visitElements(of values: [Any], path: String, owner: any Module) {
        for (position, value) in values.enumerated() {
            visit(value, path: join(path, "\(position)"), owner: owner)
        }
    }

    private mutating func add(_ state: State, _ path: String, key: String?) {
        var path = path
        if let key {
            path = join(String(path[..<(path.lastIndex(of: ".") ?? path.startIndex)]), key)
        }
        claim(state.object, path)
        entries.append((path, state))
    }

    /// A parameter under two names would be saved and updated twice.
    private mutating func claim(_ object: AnyObject, _ path: String) {
        if let first = nameOfObject.updateValue(path, forKey: ObjectIdentifier(object)) {
            fatalError("\(type(of: object)): '\(first)' and '\(path)' are the same object")
        }
    }
}

private let lazyPrefix = "$__lazy_storage_$_"

private func join(_ path: String, _ name: String) -> String {
    path.isEmpty ? name : "\(path).\(name)"
}

private func refuseLazy(_ value: Any, owner: any Module, property: Substring) {
    let wrapped = (type(of: value) as? any OptionalType.Type)?.wrapped
    guard
        wrapped is any Module.Type || wrapped is Parameter.Type || wrapped is Statistic.Type
            || wrapped is Counter.Type || containsState(value)
    else { return }
    fatalError(
        """
        \(type(of: owner)): property '\(property)' is lazy, so its parameters would appear \
        only after its first use; make it a plain property
        """)
}

private func containsState(_ value: Any) -> Bool {
    if value is any Module || value is Parameter || value is Statistic || value is Counter {
        return true
    }
    let mirror = Mirror(reflecting: value)
    switch mirror.displayStyle {
    case .class, .enum, nil: return false
    default: return mirror.children.contains { containsState($0.value) }
    }
}

private protocol OptionalType {
    static var wrapped: Any.Type { get }
}

extension Optional: OptionalType {
    fileprivate static var wrapped: Any.Type { Wrapped.self }
}
