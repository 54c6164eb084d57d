/// A member of the demo's cast, listed on the sign-in page of a demo with the password in plain sight.
package struct DemoAccount: Sendable {
    package let role: String
    package let name: String
    package let login: String
    package let password: String
    package let organisation: String

    package init(role: String, name: String, login: String, password: String, organisation: String) {
        (self.role, self.name, self.login) = (role, name, login)
        (self.password, self.organisation) = (password, organisation)
    }
}
