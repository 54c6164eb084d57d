import Platform

extension NoticeKind {
    static let reviewWaiting = NoticeKind("resources.review.waiting", "资源待审", isDuty: true)
    static let resourceReturned = NoticeKind("resources.item.returned", "退回修改", isDuty: true)
    static let resourceRefused = NoticeKind("resources.item.refused", "不予通过", isDuty: true)
    /// Passed by a level, with what became of it: published, or opened to more readers.
    static let resourcePassed = NoticeKind("resources.item.passed", "通过和发布")
    static let resourceTakenDown = NoticeKind("resources.item.taken_down", "下架", isDuty: true)
    static let resourceRestored = NoticeKind("resources.item.restored", "恢复")
    static let appealDecided = NoticeKind("resources.appeal.decided", "申诉结果", isDuty: true)
    static let reportDecided = NoticeKind("resources.report.decided", "举报结果")
    static let caseWaiting = NoticeKind("resources.case.waiting", "举报和申诉", isDuty: true)
    static let filesDone = NoticeKind("resources.files.done", "文件处理完成")
    static let filesFailed = NoticeKind("resources.files.failed", "文件处理失败", isDuty: true)
    static let sampleWaiting = NoticeKind("resources.sample.waiting", "资源抽查", isDuty: true)
    static let sampleRemark = NoticeKind("resources.sample.remark", "抽查提醒", isDuty: true)
    static let callAnswered = NoticeKind("resources.call.answered", "征集有回应")
    static let callEnded = NoticeKind("resources.call.ended", "征集结束")
    static let yearTaskReminder = NoticeKind("resources.year_task.reminder", "校本任务", isDuty: true)
}

extension ResourcesModule {
    /// What this context tells people.
    package static let noticeKinds: [NoticeKind] = [
        .reviewWaiting, .resourceReturned, .resourceRefused, .resourcePassed, .resourceTakenDown, .resourceRestored,
        .appealDecided, .reportDecided, .caseWaiting, .filesDone, .filesFailed, .sampleWaiting, .sampleRemark,
        .callAnswered, .callEnded, .yearTaskReminder,
    ]
}
