import Kernel

/// Routes of the web kit itself: display preferences and the component gallery.
package enum WebRoutes {
    /// The gallery is there in a demo only: it is of use to those who build, not to those who work.
    package static func routes(hasGallery: Bool = false) -> Routes {
        var routes = Routes(module: "web")
        routes.post("/preferences", access: .public) { request in
            let view = DisplayPreferences(
                isElder: request.form["elder"] == "1", isHighContrast: request.form["contrast"] == "1")
            let back = request.form["return"] ?? "/"
            var answer = WebResponse.redirect(isOwnPath(back) ? back : "/")
            answer.viewChange = view
            return answer
        }
        if hasGallery {
            routes.get("/development/components", access: .public) { .html(ComponentGallery.page($0.page)) }
        }
        return routes
    }

    /// Only paths of this site: `//host` and `/\host` would leave it.
    package static func isOwnPath(_ path: String) -> Bool {
        HTMLEscape.isSafeURL(path) && path.hasPrefix("/")
    }
}
