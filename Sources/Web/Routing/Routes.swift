import Kernel

/// A module's list of routes, collected at start and bound to the server by `WebServer`.
///
///     routes.get("/schools/:id", access: .can("directory.school.view"), show)
///     routes.post("/schools/:id/name", access: .can("directory.organisation.edit"), rename)
package struct Routes {
    package private(set) var all: [Route] = []
    let module: String

    package init(module: String) { self.module = module }

    package mutating func get(_ path: String, access: Access, _ handler: @escaping Route.Handler) {
        all.append(Route(method: .get, path: path, access: access, module: module, body: .none, handler: handler))
    }

    /// A write by form: needs the CSRF token and an idempotency key, both put in by `UI.form`. At most 1 MiB.
    package mutating func post(_ path: String, access: Access, _ handler: @escaping Route.Handler) {
        all.append(Route(method: .post, path: path, access: access, module: module, body: .form, handler: handler))
    }

    /// A form with files (`multipart/form-data`): each file is streamed to disk while it arrives; see `Request.files`.
    package mutating func upload(
        _ path: String, access: Access, limit: Int = 32 << 20, _ handler: @escaping Route.Handler
    ) {
        all.append(
            Route(
                method: .post, path: path, access: access, module: module, body: .upload(limit: limit), handler: handler
            ))
    }

    /// A door of a sign-in protocol or another machine's door outside `/api/v1`: without CSRF token and idempotency key, so it
    /// must do nothing by the power of the session cookie. The body is a form (`request.form`), or with any other content
    /// type `request.body`.
    /// - Parameter limit: bytes of the body.
    package mutating func endpoint(
        _ method: RouteMethod, _ path: String, access: Access = .public, limit: Int = 64 << 10,
        _ handler: @escaping Route.Handler
    ) {
        precondition(limit <= Route.largestBody)
        all.append(
            Route(
                method: method, path: path, access: access, module: module, body: method == .get ? .none : .machine,
                machineLimit: limit, handler: handler))
    }

    /// A door whose body goes to its handler piece by piece while it arrives (`request.stream`), and whose callers are
    /// programs: refusals are `application/problem+json`. There is no form token: the handler must ask for a header that
    /// pages of other sites cannot send. `GET` also answers `HEAD`.
    /// - Parameter limit: bytes of the body.
    package mutating func stream(
        _ method: RouteMethod, _ path: String, access: Access, limit: Int, _ handler: @escaping Route.Handler
    ) {
        all.append(
            Route(
                method: method, path: path, access: access, module: module, body: .stream(limit: limit),
                handler: handler))
    }

    /// A JSON API route under `/api/v1`. Errors answer `application/problem+json`; the body is at most 4 MiB.
    package mutating func api(
        _ method: RouteMethod, _ path: String, access: Access, summary: String, _ handler: @escaping Route.Handler
    ) {
        all.append(
            Route(
                method: method, path: "/api/v1" + path, access: access, module: module,
                body: method == .get ? .none : .json, summary: summary, handler: handler))
    }
}

package enum RouteMethod: String, Sendable {
    case get = "GET"
    case post = "POST"
    case put = "PUT"
    case patch = "PATCH"
    case delete = "DELETE"
    case options = "OPTIONS"
}

package struct Route: Sendable {
    package typealias Handler = @Sendable (WebRequest) async throws -> WebResponse
    package enum Body: Sendable, Equatable { case none, form, upload(limit: Int), json, machine, stream(limit: Int) }

    /// Bytes that no route takes in one body, but for those that take it piece by piece.
    static let largestBody = 64 << 20

    package let method: RouteMethod
    /// `/connectivity/schools/:id`; segments beginning with a colon are parameters.
    package let path: String
    package let access: Access
    package let module: String
    package let body: Body
    /// Bytes of a body of the kind `machine`.
    let machineLimit: Int
    /// One line for the API description; empty for pages.
    package let summary: String
    package let handler: Handler

    init(
        method: RouteMethod, path: String, access: Access, module: String, body: Body, summary: String = "",
        machineLimit: Int = 64 << 10, handler: @escaping Handler
    ) {
        (self.method, self.path, self.access, self.module) = (method, path, access, module)
        (self.body, self.summary, self.machineLimit, self.handler) = (body, summary, machineLimit, handler)
    }

    package var isAPI: Bool { path.utf8.starts(with: "/api/".utf8) }

    /// Whether programs call it, so that refusals are problem documents and nobody is sent to the sign-in page.
    package var isForPrograms: Bool {
        if case .stream = body { true } else { isAPI }
    }
}
