import Exchange
import Federation
import Identity
import Media
import Platform
import Privacy
import Resources
import Rosters
import SchoolAffairs
import Web

/// The events of the audit log in words; an event without words is shown by its code.
enum AuditWords {
    static func title(_ entry: AuditEntry) -> String { title(of: entry.action) ?? entry.action }

    /// `nil` for an event without words.
    static func title(of action: String) -> String? {
        titles[action] ?? modules.lazy.compactMap { $0[action] }.first
    }

    /// What the modules call their own events.
    private static let modules: [[String: String]] = [
        AccountAuditWords.titles, ApplicationAuditWords.titles, SignOnAuditWords.titles, OpenIDAuditWords.titles,
        GatewayAuditWords.titles, StudentLifeAuditWords.titles, StaffAuditWords.titles, RosterAuditWords.titles,
        ExchangeAuditWords.titles, PrivacyAuditWords.titles, ResourceAuditWords.titles, MediaAuditWords.titles,
    ]

    /// Beginnings of codes, for the filter.
    static let groups = [
        SelectOption("", "全部"), SelectOption("account.", "账号与登录"), SelectOption("organisation.", "组织"),
        SelectOption("application.", "接入应用"), SelectOption("gateway.", "国家平台接口"), SelectOption("class.", "班级"),
        SelectOption("pupil.", "学生"), SelectOption("guardian.", "家长"), SelectOption("staff.", "教职工"),
        SelectOption("staff_transfer.", "教师调动"),
        SelectOption("transfer.", "转学"), SelectOption("student_change.", "学籍异动"),
        SelectOption("dropout_alarm.", "控辍保学"), SelectOption("rollover.", "学年升级"),
        SelectOption("person.", "人员合并和查看"), SelectOption("privacy.", "个人信息保护"), SelectOption("consent.", "征求同意"),
        SelectOption("roster", "花名册"), SelectOption("resource.", "资源"), SelectOption("catalogue.", "教材目录"),
        SelectOption("edition.", "教材选用"),
        SelectOption("template.", "导出模板"), SelectOption("facility_register.", "登记"),
        SelectOption("connectivity_import.", "导入"), SelectOption("plan", "行动计划"), SelectOption("target", "指标"),
        SelectOption("upload.", "上传"), SelectOption("setting.", "设置"), SelectOption("job.", "后台任务"),
        SelectOption("audit.", "审计"),
    ]

    private static let titles = [
        "organisation.added": "新增单位", "organisation.closed": "撤销单位", "organisation.code_given": "登记单位代码",
        "organisation.code_taken_back": "撤回单位代码", "organisation.merged": "合并单位", "organisation.moved": "调整隶属",
        "organisation.profile_changed": "修改单位资料", "organisation.renamed": "单位更名",
        "organisation.taken_back": "撤回单位变更", "exchange.oneroster_read": "读取名册",
        "exchange.grade_entered": "写入成绩", "exchange.grade_replaced": "更改成绩", "exchange.grade_removed": "删除成绩",
        "class.opened": "新建班级", "class.renamed": "更改班名", "class.closed": "结束班级", "class.post_given": "安排教师",
        "class.post_ended": "结束任课", "pupil.added": "添加学生", "pupil.moved": "转班", "pupil.left": "办理离校",
        "pupil.numbers_told": "登记号码", "pupil.admitted": "招生入学", "pupil.suspended": "休学",
        "guardian.added": "添加家长", "guardian.corrected": "更正家长关系", "guardian.ended": "结束家长登记",
        "guardian.confirmed": "确认家长", "guardian.refused": "不确认家长", "guardian.declared": "家长申报孩子",
        "guardian.numbers_told": "登记家长号码", "guardian.lapsed": "家长申报过期",
        "guardian.declared_unknown": "家长申报未找到学生", "rollover.decided": "设定升级去向", "rollover.pupil_decided": "设定例外学生",
        "rollover.intake_planned": "设定新生班数",
        "rollover.confirmed": "确认升级", "rollover.withdrawn": "撤回升级确认", "rollover.run": "办理学年升级",
        "rollover.undone": "撤销学年升级", "roll.moved": "名册变动", "roll.move_undone": "撤销名册变动", "staff.added": "添加教职工",
        "staff.left": "结束任职", "person.looked": "查看完整信息", "person.exported": "导出个人信息",
        "privacy.looks_exported": "导出查看记录", "privacy.copy_asked": "制作个人信息副本",
        "privacy.copy_fetched": "下载个人信息副本", "privacy.request_made": "提交权利请求",
        "privacy.request_answered": "答复权利请求", "privacy.retention_counted": "清点到期记录",
        "privacy.retention_confirmed": "确认删除到期记录", "privacy.retention_deleted": "删除到期记录",
        "privacy.hold_set": "保全记录", "privacy.hold_ended": "解除保全", "person.erased": "删除个人信息",
        "person.ties_erased": "解除绑定和授权", "facility_register.changed": "修改登记", "facility_register.told": "登记填报",
        "facility_register.roster_completed": "标明学籍已录全", "facility_register.roster_reopened": "收回学籍已录全",
        "exchange.bundle_written": "导出名册包", "connectivity_import.uploaded": "上传工作簿",
        "connectivity_import.accepted": "接受导入", "connectivity_import.discarded": "放弃导入",
        "connectivity_import.undone": "撤销导入", "plan_document.uploaded": "上传计划文件",
        "plan_document.discarded": "放弃计划文件", "plan.published": "发布计划", "plan.reopened": "恢复计划",
        "plan.archived": "归档计划", "plan_snapshot.frozen": "冻结快照", "plan_work.started": "发起计划任务",
        "target.created": "新建指标", "target.changed": "修改指标", "target.ended": "结束指标",
        "target_set.created": "新建指标集", "target_set.changed": "修改指标集", "target_set.installed": "安装指标集",
        "setting.changed": "修改设置", "job.retried": "重新运行任务", "keys.changed": "更换密钥", "audit.exported": "导出审计记录",
    ]
}
