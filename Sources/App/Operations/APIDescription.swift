import Foundation
import Kernel
import Web

/// The description of the interface for programs, OpenAPI 3.1, made from the routes themselves.
enum APIDescription {
    static func routes(describing routes: [Route], title: String) -> [Route] {
        var own = Routes(module: "operations")
        let summary = "本接口说明"
        let described = routes.filter(\.isAPI)
        own.api(.get, "/openapi.json", access: .public, summary: summary) { _ in
            .json(try document(described, title: title))
        }
        return own.all
    }

    static func document(_ routes: [Route], title: String) throws -> [UInt8] {
        var paths: [String: [String: Any]] = [:]
        for route in routes {
            paths[template(route.path), default: [:]][route.method.rawValue.lowercased()] = operation(route)
        }
        let scheme: [String: Any] = [
            "type": "http", "scheme": "bearer", "description": "在“我的账号”页新建访问令牌，权限与账号相同。",
        ]
        let document: [String: Any] = [
            "openapi": "3.1.0", "info": ["title": title, "version": "1"], "paths": paths,
            "components": ["securitySchemes": ["token": scheme], "schemas": ["Problem": problem]],
        ]
        return Array(
            try JSONSerialization.data(withJSONObject: document, options: [.sortedKeys, .withoutEscapingSlashes]))
    }

    /// `/schools/:id` as `/schools/{id}`.
    private static func template(_ path: String) -> String {
        path.split(separator: "/").map { $0.hasPrefix(":") ? "{\($0.dropFirst())}" : String($0) }.reduce("") {
            $0 + "/" + $1
        }
    }

    private static func operation(_ route: Route) -> [String: Any] {
        let names = route.path.split(separator: "/").filter { $0.hasPrefix(":") }.map { String($0.dropFirst()) }
        let words = route.path.split(separator: "/").dropFirst(2).map { $0.drop { $0 == ":" } }
        var operation: [String: Any] = [
            "operationId": ([route.method.rawValue.lowercased()] + words.map(String.init)).joined(separator: "_"),
            "summary": route.summary, "tags": [route.module],
            "responses": ["200": ["description": "成功"], "default": failure],
        ]
        if !names.isEmpty {
            operation["parameters"] = names.map { name -> [String: Any] in
                ["name": name, "in": "path", "required": true, "schema": ["type": "string"]]
            }
        }
        if route.body == .json {
            operation["requestBody"] = [
                "required": true, "content": ["application/json": ["schema": ["type": "object"]]],
            ]
        }
        if case .can(let permission) = route.access {
            operation["security"] = [["token": [String]()]]
            operation["description"] = "需要权限 \(permission.name)"
        } else if route.access == .signedIn {
            operation["security"] = [["token": [String]()]]
        }
        return operation
    }

    private static var failure: [String: Any] {
        [
            "description": "未办成，原因见内容",
            "content": ["application/problem+json": ["schema": ["$ref": "#/components/schemas/Problem"]]],
        ]
    }

    /// RFC 9457, with the fields at fault.
    private static var problem: [String: Any] {
        [
            "type": "object", "required": ["title", "status"],
            "properties": [
                "type": ["type": "string"], "title": ["type": "string"], "status": ["type": "integer"],
                "detail": ["type": "string"],
                "errors": [
                    "type": "array",
                    "items": [
                        "type": "object",
                        "properties": ["field": ["type": "string"], "message": ["type": "string"]],
                    ] as [String: Any],
                ] as [String: Any],
            ] as [String: Any],
        ]
    }
}
