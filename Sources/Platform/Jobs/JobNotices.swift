import Database
import Kernel

extension NoticeKind {
    /// Long work that somebody started has come to its end.
    static let jobDone = NoticeKind("platform.job.done", "后台任务完成")
    /// It failed, or was tried five times and waits for a person.
    static let jobFailed = NoticeKind("platform.job.failed", "后台任务未完成", isDuty: true)
}

/// Tells whoever started a job how it ended. Part of the transaction that ends it.
struct JobNotices {
    let db: Connection

    /// Seconds that people watch the progress of what they started; they are not told of what ended before their eyes.
    static let watched: Int64 = 30

    /// Only of work that has a page for its outcome: the rest is nobody's in particular.
    func ended(_ job: Job, _ state: Job.State, message: String, now: Timestamp) throws {
        guard let account = job.account, !job.result.isEmpty else { return }
        let isFailed = state == .failed
        guard isFailed || now >= job.createdAt.adding(seconds: JobNotices.watched) else { return }
        let words = isFailed ? "\(job.title)没有完成：\(message)" : "\(job.title)：\(message)"
        let notice = NoticeDraft(
            isFailed ? .jobFailed : .jobDone, words, path: Job.path(job.id), key: "job/\(job.id)/\(now.milliseconds)")
        try Notices.post(notice, to: .account(account), now: now, on: db)
    }
}
