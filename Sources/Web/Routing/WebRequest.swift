import Kernel

/// One request as handlers see it: decoded parameters, the form, files on disk, the session and what pages need.
package struct WebRequest: Sendable {
    package let method: RouteMethod
    /// Decoded path without query, `/schools/01j…`.
    package let path: String
    /// Path and query as they were sent; only for doors whose protocol looks at the very bytes.
    package let target: String
    package var parameters: [String: String]
    /// Query parameters; the last wins, `all` keeps repeats.
    package let query: FormValues
    package var form: FormValues
    package var files: [UploadedFile]
    package var body: [UInt8]
    /// The body still on its way in; only of routes that take it piece by piece.
    package var stream: BodyStream?
    package let headers: WebHeaders
    package let remoteAddress: String
    package let requestID: String
    package var session: SessionInfo?
    package var page: PageContext
    /// Writes tables as xlsx and csv.
    package let exporter: any TableExporter

    package init(
        method: RouteMethod, path: String, target: String = "", parameters: [String: String] = [:],
        query: FormValues = FormValues(),
        form: FormValues = FormValues(), files: [UploadedFile] = [], body: [UInt8] = [], headers: WebHeaders,
        remoteAddress: String, requestID: String, session: SessionInfo?, page: PageContext,
        exporter: any TableExporter
    ) {
        (self.method, self.path, self.target, self.parameters) = (method, path, target, parameters)
        self.query = query
        (self.form, self.files, self.body, self.headers) = (form, files, body, headers)
        (self.remoteAddress, self.requestID, self.session, self.page) = (remoteAddress, requestID, session, page)
        self.exporter = exporter
    }

    /// The signed-in user. Routes with `.signedIn` or `.can` have one; elsewhere throws `.notFound`.
    package var user: CurrentUser {
        get throws {
            guard let user = session?.user else { throw DomainError.notFound }
            return user
        }
    }

    /// The session of a holder who has done all that sign-in asks. Doors that are open to the public but act for a
    /// signed-in person, such as single sign-on, go by this one.
    package var completeSession: SessionInfo? { session.flatMap { $0.isComplete ? $0 : nil } }

    /// For deeds that need fresh proof of who is there, such as taking personal data out: `nil` when the holder has given
    /// her password or second factor within the last quarter of an hour, else the way to do so and come back. A card that
    /// signs in is no such proof: others may hold it. Tokens of programs were issued upon such proof.
    package func proofNeeded(back: String? = nil, now: Timestamp = .now) -> WebResponse? {
        guard let session, !session.lineage.isEmpty else { return nil }
        let signedIn = session.isByCard ? nil : session.signedInAt
        if let proved = [signedIn, session.confirmedAt].compactMap({ $0 }).max(),
            proved.adding(seconds: WebRequest.proofSeconds) > now
        {
            return nil
        }
        let here = query.pairs.isEmpty ? path : path + "?" + query.encoded
        let way = URLCoding.encode(back ?? here), words = "这一步涉及个人信息，"
        let flash = Flash(
            .warning, words + (session.isByCard ? "登录卡不能代替密码，请用密码登录；没有密码的，向班主任要激活条" : "请再次确认身份"))
        return session.hasSecondFactor
            ? .redirect("/sign-in/confirm?return=" + way, flash: flash)
            : .redirect("/sign-in?again=1&return=" + way, flash: flash)
    }

    private static let proofSeconds: Int64 = 15 * 60

    /// A path parameter that is a key; anything that cannot be one is 404.
    package func id<Subject>(_ name: String) throws -> ID<Subject> {
        guard let text = parameters[name], let id = ID<Subject>(checking: text) else { throw DomainError.notFound }
        return id
    }

    package func parameter(_ name: String) throws -> String {
        guard let text = parameters[name] else { throw DomainError.notFound }
        return text
    }
}

/// Header fields with lower-case names.
package struct WebHeaders: Sendable {
    private var fields: [String: String]
    package init(_ fields: [String: String] = [:]) { self.fields = fields }
    package subscript(name: String) -> String? { fields[name] }
}

/// Ordered name/value pairs of a query or form.
@usableFromInline package struct FormValues: Sendable, Equatable {
    package private(set) var pairs: [(name: String, value: String)] = []

    package init() {}
    package init(_ pairs: [(name: String, value: String)]) { self.pairs = pairs }

    /// The last value of the field, with white space around it (also U+3000) taken off; `nil` when absent.
    package subscript(name: String) -> String? { pairs.last { $0.name == name }.map { FormValues.trimmed($0.value) } }
    /// As typed, without trimming: for passwords.
    package func raw(_ name: String) -> String? { pairs.last { $0.name == name }?.value }
    package func all(_ name: String) -> [String] { pairs.filter { $0.name == name }.map(\.value) }
    /// Present and not empty.
    package func text(_ name: String) -> String? { self[name].flatMap { $0.isEmpty ? nil : $0 } }
    package func has(_ name: String) -> Bool { pairs.contains { $0.name == name } }
    package func replacing(_ name: String, with value: String?) -> FormValues {
        var rest = pairs.filter { $0.name != name }
        if let value { rest.append((name, value)) }
        return FormValues(rest)
    }

    @usableFromInline package static func == (a: FormValues, b: FormValues) -> Bool {
        a.pairs.count == b.pairs.count
            && zip(a.pairs, b.pairs).allSatisfy { $0.name == $1.name && $0.value == $1.value }
    }

    /// `a=1&b=%E4%B8%AD`, ready for an address.
    package var encoded: String {
        pairs.map { URLCoding.encode($0.name) + "=" + URLCoding.encode($0.value) }.joined(separator: "&")
    }

    static func trimmed(_ text: String) -> String {
        let scalars = text.unicodeScalars
        guard let first = scalars.firstIndex(where: { !$0.properties.isWhitespace }),
            let last = scalars.lastIndex(where: { !$0.properties.isWhitespace })
        else { return "" }
        return String(scalars[first...last])
    }
}

/// A file of an upload, already on disk in a temporary place that is removed when the request ends.
package struct UploadedFile: Sendable {
    package let field: String
    /// The name the sender gave; for display only, never a path.
    package let name: String
    package let path: String
    package let size: Int
    package init(field: String, name: String, path: String, size: Int) {
        (self.field, self.name, self.path, self.size) = (field, name, path, size)
    }
}

/// What the session store knows of a request's session.
package struct SessionInfo: Sendable {
    package let id: String
    package let user: CurrentUser
    package let csrfToken: String
    /// The first password must be changed before anything else.
    package let mustChangePassword: Bool
    /// Names the holder's time in this browser; stays the same when she signs in again in between. Empty for tokens of
    /// programs.
    package let lineage: String
    /// When the holder last proved who she is.
    package let signedInAt: Timestamp
    /// When she last gave her second factor in this session; `nil` when never.
    package let confirmedAt: Timestamp?
    /// The second factor must be given, or set up, before anything else.
    package let mustConfirm: Bool
    /// Whether the holder has a second factor.
    package let hasSecondFactor: Bool
    /// Whether the session began with a card that others may hold, so that it proves little.
    package let isByCard: Bool
    /// Notices that the holder has not read, up to 100.
    package let unreadNotices: Int

    package init(
        id: String, user: CurrentUser, csrfToken: String, mustChangePassword: Bool, lineage: String = "",
        signedInAt: Timestamp = .now, confirmedAt: Timestamp? = nil, mustConfirm: Bool = false,
        hasSecondFactor: Bool = false, isByCard: Bool = false, unreadNotices: Int = 0
    ) {
        self.unreadNotices = unreadNotices
        (self.hasSecondFactor, self.isByCard) = (hasSecondFactor, isByCard)
        self.lineage = lineage
        (self.id, self.user, self.csrfToken, self.mustChangePassword) = (id, user, csrfToken, mustChangePassword)
        (self.signedInAt, self.confirmedAt, self.mustConfirm) = (signedInAt, confirmedAt, mustConfirm)
    }

    /// Whether nothing stands between the holder and her rights.
    package var isComplete: Bool { !mustChangePassword && !mustConfirm }
}

/// What every page needs besides its own content; made by the pipeline, handed to `UI.layout`.
package struct PageContext: Sendable {
    package let path: String
    package let user: CurrentUser?
    package let csrfToken: String
    package let flash: Flash?
    package let preferences: DisplayPreferences
    package let navigation: NavigationMenu
    package let site: SiteInfo
    /// See `SessionInfo.unreadNotices`.
    package let unreadNotices: Int
    package init(
        path: String, user: CurrentUser?, csrfToken: String, flash: Flash?, preferences: DisplayPreferences,
        navigation: NavigationMenu, site: SiteInfo, unreadNotices: Int = 0
    ) {
        self.unreadNotices = unreadNotices
        (self.path, self.user, self.csrfToken, self.flash) = (path, user, csrfToken, flash)
        (self.preferences, self.navigation, self.site) = (preferences, navigation, site)
    }
}

/// A message for the next page after a redirect.
package struct Flash: Sendable, Equatable {
    package enum Kind: String, Sendable { case done, warning }
    package let kind: Kind
    package let text: String
    package init(_ kind: Kind, _ text: String) { (self.kind, self.text) = (kind, text) }
}

/// 长辈版 and high contrast, kept in a cookie so the first byte is right.
package struct DisplayPreferences: Sendable, Equatable {
    package let isElder: Bool
    package let isHighContrast: Bool
    package init(isElder: Bool = false, isHighContrast: Bool = false) {
        (self.isElder, self.isHighContrast) = (isElder, isHighContrast)
    }
}

/// Names for the frame of each page, from the configuration.
package struct SiteInfo: Sendable {
    /// `防城港市教育信息化公共服务平台`
    package let name: String
    package let owner: String
    package let contact: String
    /// 网站备案 number and the like; empty lines are left out.
    package let registration: String
    package let isDemo: Bool
    /// Addresses of style sheets, scripts and icons.
    package let assets: AssetManifest
    package init(
        name: String, owner: String, contact: String, registration: String, isDemo: Bool, assets: AssetManifest
    ) {
        (self.name, self.owner, self.contact, self.registration) = (name, owner, contact, registration)
        (self.isDemo, self.assets) = (isDemo, assets)
    }
}
