import Kernel
import Platform
import Web

/// How CAS applications are told of a sign-out: the form field `logoutRequest` with a SAML 2.0 LogoutRequest whose
/// `SessionIndex` is the service ticket by which the session began.
enum SAMLLogoutRequest {
    static let message: LogoutMessage = { ended, now in
        let fields = FormValues([(name: "logoutRequest", value: text(ticket: ended.reference, at: now))])
        return OutboundRequest(
            method: .post, url: ended.address, headers: [("Content-Type", "application/x-www-form-urlencoded")],
            body: Array(fields.encoded.utf8))
    }

    /// Clients go by the ticket alone, so the person is not named.
    static func text(ticket: String, at now: Timestamp) -> String {
        #"<samlp:LogoutRequest xmlns:samlp="urn:oasis:names:tc:SAML:2.0:protocol" ID="LR-\#(Identifiers.next())""#
            + #" Version="2.0" IssueInstant="\#(now.rfc3339)">"#
            + #"<saml:NameID xmlns:saml="urn:oasis:names:tc:SAML:2.0:assertion">@NOT_USED@</saml:NameID>"#
            + "<samlp:SessionIndex>\(XMLText.escape(ticket))</samlp:SessionIndex></samlp:LogoutRequest>"
    }
}
