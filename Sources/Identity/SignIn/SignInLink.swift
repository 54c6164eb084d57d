import Kernel
import Web

/// Another way to sign in than by password, on the sign-in page.
package struct SignInLink: Sendable {
    let title: String
    let path: String

    /// - Parameter path: takes the person on to where she was going by its parameter `return`.
    package init(title: String, path: String) { (self.title, self.path) = (title, path) }
}

/// A path of this site to go on to: asked for by an address, so it is looked at first.
package struct ReturnWay: Sendable {
    package let path: String

    /// The front page in place of anything that is no path of this site, not fit for a header, or the sign-in page again.
    package init(_ text: String?) { path = SignInForm(way: text).way }
}
