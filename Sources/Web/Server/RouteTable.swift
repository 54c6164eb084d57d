/// Finds the route of a path by its segments; literal segments win over parameters.
struct RouteTable: Sendable {
    private final class Node: @unchecked Sendable {
        var literals: [String: Node] = [:]
        var parameter: Node?
        var routes: [String: Route] = [:]
    }

    enum Match {
        case found(Route, [String: String])
        /// The path is known, with other methods than the one asked for.
        case otherMethod(allowed: [String])
        case none
    }

    // Built in `init`, never changed afterwards.
    private let root: Node

    init(_ routes: [Route]) {
        root = Node()
        for route in routes {
            var node = root
            for segment in route.path.split(separator: "/") {
                if segment.hasPrefix(":") {
                    let next = node.parameter ?? Node()
                    node.parameter = next
                    node = next
                } else {
                    let next = node.literals[String(segment)] ?? Node()
                    node.literals[String(segment)] = next
                    node = next
                }
            }
            precondition(
                node.routes[route.method.rawValue] == nil, "two routes for \(route.method.rawValue) \(route.path)")
            node.routes[route.method.rawValue] = route
        }
    }

    func find(_ method: RouteMethod?, _ path: String) -> Match {
        let segments = path.split(separator: "/").map(String.init)
        guard let node = node(root, segments[...]), !node.routes.isEmpty else { return .none }
        guard let method, let route = node.routes[method.rawValue] else {
            return .otherMethod(allowed: node.routes.keys.sorted())
        }
        var parameters: [String: String] = [:]
        for (pattern, segment) in zip(route.path.split(separator: "/"), segments) where pattern.hasPrefix(":") {
            parameters[String(pattern.dropFirst())] = segment
        }
        return .found(route, parameters)
    }

    private func node(_ node: Node, _ rest: ArraySlice<String>) -> Node? {
        guard let segment = rest.first else { return node }
        if let literal = node.literals[segment], let found = self.node(literal, rest.dropFirst()), !found.routes.isEmpty
        {
            return found
        }
        return node.parameter.flatMap { self.node($0, rest.dropFirst()) }
    }
}
