import Hummingbird

/// One endpoint: a method, a path, and the function that decodes, makes one call and encodes.
struct Route: Sendable {
    typealias Handler = @Sendable (Request, ServeContext) async throws -> Response

    /// The methods that are routed; any other is answered with 405.
    static let knownMethods: [HTTPRequest.Method] = [
        .get, .head, .post, .put, .patch, .delete, .options, .trace, .connect,
    ]

    let method: HTTPRequest.Method
    let path: RouterPath
    let handler: Handler

    static func get(_ path: RouterPath, _ handler: @escaping Handler) -> Route {
        Route(method: .get, path: path, handler: handler)
    }

    static func post(_ path: RouterPath, _ handler: @escaping Handler) -> Route {
        Route(method: .post, path: path, handler: handler)
    }
}

/// What the handlers work with.
struct Services: Sendable {
    let classifier: any ImageClassifying
    let metrics: ServerMetrics
    let connections: ConnectionRegistry
    let configuration: ServerConfiguration
}

/// Every endpoint of the server: one group of routes per folder beside this file.
func allRoutes(_ services: Services) -> [Route] {
    healthRoutes(services) + classificationRoutes(services) + monitoringRoutes(services)
        + pageRoutes(services)
}

/// The router over `allRoutes`, with 405 for the methods that a path does not answer.
func makeRouter(_ services: Services) -> Router<ServeContext> {
    let router = Router(context: ServeContext.self, options: .autoGenerateHeadEndpoints)
    router.add(middleware: RequestEnvelope(metrics: services.metrics))
    let routes = allRoutes(services)
    for route in routes {
        router.on(route.path, method: route.method, use: route.handler)
        services.metrics.declare(
            route: route.path.description, method: route.method.rawValue)
    }
    for (path, routes) in Dictionary(grouping: routes, by: \.path.description) {
        var answered = routes.map(\.method)
        if answered.contains(.get) { answered.append(.head) }
        let allowed = answered.map(\.rawValue)
        for method in Route.knownMethods where !answered.contains(method) {
            router.on(RouterPath(path), method: method) { request, _ -> Response in
                throw RequestError.methodNotAllowed(
                    method: request.method.rawValue, path: request.uri.path, allowed: allowed)
            }
        }
    }
    return router
}
