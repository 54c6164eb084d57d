/// The city's 服务号, and where WeChat answers.
package struct WeChatSettings: Sendable {
    /// Of the 服务号: `wx` and sixteen letters or digits.
    package let appID: String
    /// Proves to WeChat that it is us. Never shown or logged.
    let appSecret: String
    /// Where people agree, without a slash at the end.
    let openURL: String
    /// Where codes are redeemed, without a slash at the end.
    let apiURL: String

    package static let standardOpenURL = "https://open.weixin.qq.com"
    package static let standardAPIURL = "https://api.weixin.qq.com"

    /// `nil` when one of them cannot be what it is meant to be.
    package init?(
        appID: String, appSecret: String, openURL: String = standardOpenURL, apiURL: String = standardAPIURL
    ) {
        let isWord = { (text: String) in
            !text.isEmpty && text.utf8.count <= 128 && text.utf8.allSatisfy(WeChatText.isWordByte)
        }
        guard isWord(appID), isWord(appSecret), let open = WeChatSettings.base(openURL),
            let api = WeChatSettings.base(apiURL)
        else { return nil }
        (self.appID, self.appSecret, self.openURL, self.apiURL) = (appID, appSecret, open, api)
    }

    private static func base(_ text: String) -> String? {
        guard text.hasPrefix("https://") || text.hasPrefix("http://") else { return nil }
        let isPlain = text.utf8.allSatisfy { (0x21...0x7e).contains($0) } && !text.contains("?") && !text.contains("#")
        return isPlain ? (text.hasSuffix("/") ? String(text.dropLast()) : text) : nil
    }
}

enum WeChatText {
    /// Letters, digits, `_` and `-`: all that ids and codes of WeChat are made of.
    static func isWordByte(_ byte: UInt8) -> Bool {
        switch byte {
        case 0x30...0x39, 0x41...0x5a, 0x61...0x7a, 0x2d, 0x5f: true
        default: false
        }
    }

    static func isWord(_ text: String) -> Bool {
        !text.isEmpty && text.utf8.count <= 512 && text.utf8.allSatisfy(isWordByte)
    }
}
