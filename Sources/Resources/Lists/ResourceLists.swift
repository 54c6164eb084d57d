import Directory
import Foundation

/// The lists by which resources are described, each read once from its file at first use.
package enum ResourceLists {
    /// 资源类型. Its groups stand together on the page of a lesson: see `ResourceGroup`.
    package static let type = load("resource-type", matching: .leaves)
    /// 教材版本. A catalogue may name others, which stand for themselves.
    package static let edition = load("edition")
    /// 来源
    package static let origin = load("origin")
    /// 使用对象 (LOM 5.5)
    package static let audience = load("audience")
    /// 语种 (BCP 47)
    package static let language = load("language")
    /// 授权方式, in the order of choice.
    package static let licences = Licence.all(csv: text("licence"))

    package static func licence(_ code: String) -> Licence? { licences.first { $0.code == code } }

    private static func load(_ name: String, matching: CodeList.Matching = .all) -> CodeList {
        do {
            return try CodeList(csv: text(name), matching: matching)
        } catch {
            fatalError("list \(name), line \(error.line): \(error.reason)")
        }
    }

    private static func text(_ name: String) -> String {
        guard let url = Bundle.module.url(forResource: name, withExtension: "csv", subdirectory: "Data"),
            let data = try? Data(contentsOf: url)
        else { fatalError("list \(name) is missing from the build") }
        return String(decoding: data, as: UTF8.self)
    }
}

/// What stands together on the page of a lesson; the raw values are the groups of the list of types.
package enum ResourceGroup: String, Sendable, CaseIterable {
    case plan, courseware, video, exercise, material

    package var title: String { ResourceLists.type.name(of: rawValue) }

    /// `nil` for an unknown type.
    package init?(type: String) {
        guard let parent = ResourceLists.type[type]?.parent else { return nil }
        self.init(rawValue: parent)
    }
}
