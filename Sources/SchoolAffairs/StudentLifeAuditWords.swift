/// What the audit log's events on pupils' records are called on pages; those too that only older entries have.
package enum StudentLifeAuditWords {
    package static let titles = [
        "student_change.applied": "申请学籍异动", "student_change.done": "学籍异动办结",
        "student_change.refused": "退回学籍异动", "student_change.withdrawn": "撤回学籍异动",
        "student_change.looked": "查看关键信息",
        "transfer.applied": "申请转入", "transfer.resubmitted": "重新申请转入", "transfer.passed": "转学核办通过",
        "transfer.refused": "退回转学", "transfer.withdrawn": "撤回转学", "transfer.done": "转学办结", "pupil.not_arrived": "新生未报到",
        "absence.entered": "登记缺勤",
        "dropout_alarm.raised": "控辍保学提醒", "dropout_alarm.noted": "记录控辍工作", "dropout_alarm.closed": "办结控辍提醒",
        "dropout_alarm.removed": "控辍提醒随导入撤销",
    ]
}
