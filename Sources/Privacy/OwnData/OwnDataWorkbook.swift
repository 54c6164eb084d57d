import Kernel
import Platform

/// The copy of somebody's data as a workbook, a sheet for each part.
enum OwnDataWorkbook {
    /// Writes the file into the folder and returns its path. Throws `SheetWriteError.cannotWrite`.
    static func write(_ copy: OwnDataCopy, to folder: String) throws -> String {
        let path = "\(folder)/\(Identifiers.next()).xlsx"
        let writer = try SheetWriter(path: path, format: .xlsx)
        func sheet(_ title: String, _ header: [String], _ rows: [[String]]) throws {
            try writer.addSheet(title)
            try writer.header(header)
            for row in rows { try writer.row(row.map(SheetValue.text)) }
        }
        try sheet(
            "平台保存的信息", ["类别", "项目", "内容", "来源", "登记日期", "依据"],
            copy.items.map { [$0.group, $0.label, $0.value, $0.source, $0.since ?? "", $0.basis] })
        try sheet(
            "得到信息的应用", ["应用", "得到的信息", "开始日期"],
            copy.recipients.map { [$0.name, $0.what, $0.since ?? ""] })
        for (title, accesses) in [("谁查看过", copy.looks), ("可能包含本人信息的导出", copy.exports)] {
            try sheet(
                title, ["时间", "单位", "角色", "内容", "原因"],
                accesses.map { [$0.at, $0.organisation, $0.role, $0.data, $0.reason] })
        }
        try writer.finish()
        return path
    }
}
