import Kernel
import Web

/// What the sign-in page sends. The password is never shown again.
struct SignInForm: Sendable {
    var login = ""
    var password = ""
    /// Where to go afterwards; always a path of this site.
    var way = "/"
    /// The login name of a member of the demo's cast, from the one-click list.
    var cast: String?

    init(way: String?) { self.way = SignInForm.checked(way) }

    init(_ values: FormValues) {
        login = values["login"] ?? ""
        password = values.raw("password") ?? ""
        way = SignInForm.checked(values["return"])
        cast = values.text("cast")
    }

    var problems: [FieldProblem] {
        var problems: [FieldProblem] = []
        if login.isEmpty { problems.append(FieldProblem(field: "login", message: "填写登录名")) }
        if password.isEmpty { problems.append(FieldProblem(field: "password", message: "填写密码")) }
        return problems
    }

    /// The path when it is one of this site and fit for a header, and not the sign-in page again.
    private static func checked(_ path: String?) -> String {
        guard let path, WebRoutes.isOwnPath(path), path.utf8.allSatisfy({ (0x21...0x7E).contains($0) }),
            !path.hasPrefix("/sign-")
        else { return "/" }
        return path
    }
}
