import Database
import Directory
import Kernel

/// An import is not taken back when another record names one of its people since.
struct LaterUse: PersonUse {
    /// Those that say how other systems name people are left out.
    private let columns: [(column: PersonColumn, condition: SQL)]

    init(_ columns: [PersonColumn]) {
        self.columns = PersonColumn.ofLaterDeeds + columns.filter { !$0.isKey }.map { ($0, "1 = 1") }
    }

    func use(of people: [ID<Person>], _ db: Connection) throws -> String? {
        let store = PersonWithdrawalStore(db)
        for (column, condition) in columns {
            if let name = try store.nameOfOne(of: people, in: column, where: condition) {
                return "“\(name)”在导入之后已有\(LaterUse.words(column.name))记录，先撤销或结束。"
            }
        }
        return nil
    }

    /// What a clerk has to look for.
    private static func words(_ column: String) -> String {
        let known = [
            ("directory_class_post.", "任教"), ("directory_team_member.", "三支队伍"), ("directory_roll_move", "学年升级"),
            ("school_affairs_leave.", "请假"), ("school_affairs_substitution.", "代课"),
            ("school_affairs_staff_transfer.", "教师调动"), ("school_affairs_dropout_alarm.", "控辍保学"),
            ("school_affairs_", "学籍"), ("privacy_hold.", "保全"), ("privacy_request.", "权利请求"),
            ("privacy_consent_", "同意"), ("resources_", "资源"), ("exchange_grade_record.", "成绩"),
            ("exchange_bundle_row.", "名册包"),
        ]
        return known.first { column.hasPrefix($0.0) }?.1 ?? "其他业务"
    }
}
