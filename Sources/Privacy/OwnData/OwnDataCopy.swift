import Directory
import Foundation
import Kernel
import Web

/// 个人信息副本: what is held about a person as she takes it away, by machines and by people to be read.
struct OwnDataCopy: Codable, Sendable {
    struct Item: Codable, Sendable {
        let group: String
        let label: String
        let value: String
        let source: String
        let since: String?
        let basis: String
    }
    struct Recipient: Codable, Sendable {
        let name: String
        let what: String
        let since: String?
    }
    struct Access: Codable, Sendable {
        let at: String
        let organisation: String
        let role: String
        let data: String
        let reason: String
    }

    let name: String
    let madeAt: String
    let items: [Item]
    let recipients: [Recipient]
    let looks: [Access]
    let exports: [Access]

    init(_ data: OwnData, at now: Timestamp, roleTitle: (String) -> String) {
        func access(_ look: Look) -> Access {
            Access(
                at: look.at.text, organisation: look.organisationName, role: roleTitle(look.looker.role),
                data: look.dataTitles, reason: look.reasonTitle)
        }
        (name, madeAt) = (data.person.name, now.text)
        items = data.sections.flatMap(\.items).map {
            Item(
                group: $0.group, label: $0.label, value: $0.value, source: $0.source, since: $0.since?.iso,
                basis: $0.basis.title)
        }
        recipients = data.recipients.map { Recipient(name: $0.name, what: $0.what, since: $0.since?.iso) }
        looks = data.looks.map(access)
        exports = data.exports.map(access)
    }

    init(json bytes: [UInt8]) throws { self = try JSONDecoder().decode(OwnDataCopy.self, from: Data(bytes)) }

    var json: [UInt8] {
        get throws {
            let encoder = JSONEncoder()
            encoder.outputFormatting = [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
            return Array(try encoder.encode(self))
        }
    }

    /// A document that needs nothing of the platform to be read.
    var document: HTML {
        let title = "\(name)的个人信息副本"
        return #"""
            <!doctype html>
            <html lang="zh-CN"><head><meta charset="utf-8"><title>\#(title)</title></head><body>
            <h1>\#(title)</h1><p>制作时间：\#(madeAt)</p>
            <h2>平台保存的信息</h2>
            <table border="1"><thead><tr><th>类别</th><th>项目</th><th>内容</th><th>来源</th><th>登记日期</th><th>依据</th></tr></thead>
            <tbody>\#(each: items, OwnDataCopy.row)</tbody></table>
            <h2>得到信息的应用</h2><ul>\#(each: recipients, { "<li>\($0.name)：\($0.what)</li>" })</ul>
            <h2>谁查看过</h2><ul>\#(each: looks, OwnDataCopy.line)</ul>
            <h2>可能包含本人信息的导出</h2><ul>\#(each: exports, OwnDataCopy.line)</ul>
            </body></html>
            """#
    }

    private static func row(_ item: Item) -> HTML {
        """
        <tr><td>\(item.group)</td><td>\(item.label)</td><td>\(item.value)</td><td>\(item.source)</td>\
        <td>\(item.since)</td><td>\(item.basis)</td></tr>
        """
    }

    private static func line(_ access: Access) -> HTML {
        "<li>\(access.at) \(access.organisation) \(access.role)：\(access.data)（\(access.reason)）</li>"
    }
}
