/// Why the files that somebody sent in an archive or a folder are not taken.
package enum PackedFailure: Error, Sendable, Equatable {
    /// What names may be.
    package enum Names: Sendable {
        /// Of files side by side: no folder, no path, none twice.
        case flat
        /// Of places in a folder: none that leads out of it or that systems cannot have, no link, none twice.
        case places
    }

    case unreadable
    /// Cut short, overwritten, or no zip archive.
    case damaged
    case encrypted
    /// Beyond the limits, packed or unpacked.
    case tooLarge
    case badName(String, Names)

    init(_ error: ArchiveError) {
        self =
            switch error {
            case .unreadable: .unreadable
            case .damaged: .damaged
            case .encrypted: .encrypted
            case .tooLarge: .tooLarge
            }
    }

    /// What is wrong and what to do, in Chinese.
    package var message: String {
        switch self {
        case .unreadable: "文件读取失败，请稍后再试"
        case .damaged: "不是 ZIP 压缩包，或已损坏，请重新打包"
        case .encrypted: "压缩包有密码，请去掉密码后再上传"
        case .tooLarge: "压缩包太大，请分开打包"
        case .badName(let name, .flat):
            "压缩包里的“\(ChineseText.quoted(name))”不能接收：文件应直接放在最外层，名称不能重复"
        case .badName(let name, .places): "“\(ChineseText.quoted(name))”不能接收：名称不合规、是快捷方式，或重复出现"
        }
    }

    /// Runs a body that reads an archive.
    static func told<Value>(_ body: () throws -> Value) throws -> Value {
        do { return try body() } catch let error as ArchiveError { throw PackedFailure(error) }
    }
}
