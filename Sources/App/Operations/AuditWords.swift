import Federation
import Identity
import Platform
import Web

/// The events of the audit log in words; an event without words is shown by its code.
enum AuditWords {
    static func title(_ entry: AuditEntry) -> String {
        titles[entry.action] ?? AccountAuditWords.titles[entry.action]
            ?? ApplicationAuditWords.titles[entry.action]
            ?? SignOnAuditWords.titles[entry.action] ?? OpenIDAuditWords.titles[entry.action]
            ?? GatewayAuditWords.titles[entry.action] ?? entry.action
    }

    /// Beginnings of codes, for the filter.
    static let groups = [
        SelectOption("", "全部"), SelectOption("account.", "账号与登录"), SelectOption("organisation.", "组织"),
        SelectOption("application.", "接入应用"), SelectOption("gateway.", "国家平台接口"),
        SelectOption("class.", "班级"), SelectOption("pupil.", "学生"), SelectOption("staff.", "教职工"),
        SelectOption("facility_register.", "登记"), SelectOption("connectivity_import.", "导入"),
        SelectOption("plan", "行动计划"), SelectOption("target", "指标"), SelectOption("setting.", "设置"),
        SelectOption("job.", "后台任务"), SelectOption("audit.", "审计"),
    ]

    private static let titles = [
        "organisation.added": "新增单位", "organisation.closed": "撤销单位", "organisation.code_given": "登记单位代码",
        "organisation.code_taken_back": "撤回单位代码", "organisation.merged": "合并单位", "organisation.moved": "调整隶属",
        "organisation.profile_changed": "修改单位资料", "organisation.renamed": "单位更名", "organisation.taken_back": "撤回单位变更",
        "class.opened": "新建班级", "class.renamed": "更改班名", "class.closed": "结束班级", "class.post_given": "安排教师",
        "class.post_ended": "结束任课", "pupil.added": "添加学生", "pupil.moved": "转班", "pupil.left": "办理离校",
        "pupil.numbers_told": "更正号码", "roll.moved": "名册变动", "roll.move_undone": "撤销名册变动", "staff.added": "添加教职工", "staff.left": "结束任职",
        "facility_register.changed": "修改登记", "facility_register.told": "登记填报",
        "connectivity_import.uploaded": "上传工作簿", "connectivity_import.accepted": "接受导入",
        "connectivity_import.discarded": "放弃导入", "connectivity_import.undone": "撤销导入",
        "plan_document.uploaded": "上传计划文件", "plan_document.discarded": "放弃计划文件", "plan.published": "发布计划",
        "plan.reopened": "恢复计划", "plan.archived": "归档计划", "plan_snapshot.frozen": "冻结快照",
        "plan_work.started": "发起计划任务", "target.created": "新建指标", "target.changed": "修改指标", "target.ended": "结束指标",
        "target_set.created": "新建指标集", "target_set.changed": "修改指标集", "target_set.installed": "安装指标集",
        "setting.changed": "修改设置", "job.retried": "重新运行任务", "keys.changed": "更换密钥", "audit.exported": "导出审计记录",
    ]
}
