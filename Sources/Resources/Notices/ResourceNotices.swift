import Database
import Directory
import Kernel
import Platform

/// Tells authors what became of their resources, and reviewers what waits for them; part of the deed's transaction.
struct ResourceNotices {
    private let db: Connection
    private let now: Timestamp

    init(_ db: Connection, now: Timestamp) { (self.db, self.now) = (db, now) }

    // Authors

    /// Sent back or refused by a level.
    func stopped(
        _ item: Item, _ title: String, _ outcome: ReviewOutcome, at level: ReviewLevel, step: ID<ReviewStep>,
        _ remark: String, by user: CurrentUser
    ) throws {
        let kind: NoticeKind = outcome == .returned ? .resourceReturned : .resourceRefused
        let words = outcome == .returned ? "被退回修改（\(level.title)）" : "没有通过\(level.title)审核"
        try tell(item.id, kind, "\(named(title))\(words)：\(remark)", key: "step/\(step)", but: user)
    }

    /// - Parameters:
    ///   - reach: who finds it now; `nil` when nothing changed for readers.
    ///   - next: the level where it waits now; `nil` at the end of its way.
    func passed(
        _ item: Item, _ title: String, by level: ReviewLevel, step: ID<ReviewStep>, reach: ItemVisibility?,
        isNew: Bool, next: ReviewLevel?, _ user: CurrentUser
    ) throws {
        var words = "已通过\(level.title)审核"
        if let reach { words += isNew ? "，已发布（\(reach.title)）" : "，可见范围扩大到\(reach.title)" }
        if let next { words += "，等待\(next.title)审核" }
        try tell(item.id, .resourcePassed, named(title) + words, key: "step/\(step)", but: user)
    }

    func takenDown(_ item: Item, reason: String, by user: CurrentUser? = nil) throws {
        let words = "\(named(item.content.title))已下架：\(reason)"
        try tell(item.id, .resourceTakenDown, words, key: "takedown/\(item.id)/\(now.milliseconds)", but: user)
    }

    /// - Parameter answer: to the appeal that brought it back; empty without one.
    func restored(_ item: Item, answer: String, by user: CurrentUser) throws {
        let words = answer.isEmpty ? "已恢复" : "申诉成立，已恢复：\(answer)"
        try tell(
            item.id, answer.isEmpty ? .resourceRestored : .appealDecided, named(item.content.title) + words,
            key: "restored/\(item.id)/\(now.milliseconds)", but: user)
    }

    /// What came of a look by lot, when there is something to mend.
    func remarked(_ sample: Sample, _ note: String) throws {
        let words = "抽查提醒，\(named(sample.title))：\(note)"
        try tell(sample.item, .sampleRemark, words, key: "sample/\(sample.id)")
    }

    /// One for all files of a version.
    /// - Parameter files: stands for the contents of all of them.
    func filesEnded(_ item: ID<Item>, title: String, failed: Int, files: String) throws {
        let words = failed == 0 ? "的文件已处理完，可以在线查看" : "有 \(failed) 个文件没有处理成功，请打开看原因"
        try tell(
            item, failed == 0 ? .filesDone : .filesFailed, named(title) + words, key: "files/\(item)/\(files)")
    }

    /// - Parameter user: who did it, and need not be told.
    private func tell(
        _ item: ID<Item>, _ kind: NoticeKind, _ text: String, key: String, but user: CurrentUser? = nil
    ) throws {
        let people = try ItemStore(db).authors(of: item).map(\.person).filter { $0 != user?.person }
        let notice = NoticeDraft(kind, text, path: ItemPages.path(item), key: key)
        try Notices.send(notice, to: people, now: now, on: db)
    }

    /// Whoever appealed or reported gets the answer; a visitor has no place for it.
    func decided(
        _ id: ID<ResourceCase>, of account: ID<Account>?, _ kind: ResourceCase.Kind, _ title: String,
        _ state: ResourceCase.State, _ answer: String
    ) throws {
        guard let account else { return }
        let notice = NoticeDraft(
            kind == .appeal ? .appealDecided : .reportDecided,
            "\(kind.title)\(named(title))：\(state.title(kind))。\(answer)", path: CasePages.path(id), key: "case/\(id)")
        try Notices.post(notice, to: .account(account), now: now, on: db)
    }

    // Reviewers: a desk is told once a day that something waits, however much it is

    func waiting(_ item: Item, at level: ReviewLevel) throws {
        let place = level.place(of: item.path)
        try tellDesk(
            .reviewWaiting, "有资源等待\(level.title)审核", path: "\(ReviewPages.root)?level=\(level.rawValue)", at: place)
    }

    func waiting(_ kind: ResourceCase.Kind, about item: Item, at level: ReviewLevel) throws {
        try tellDesk(.caseWaiting, "有\(kind.title)等待处理", path: CasePages.root, at: level.place(of: item.path))
    }

    func drawn(_ count: Int, in month: SampleMonth, of unit: Organisation) throws {
        try tellDesk(.sampleWaiting, "\(month.title)抽到 \(count) 个资源等待抽查", path: SamplePages.root, at: unit.path)
    }

    private func tellDesk(_ kind: NoticeKind, _ text: String, path: String, at place: OrganisationPath) throws {
        let key = "\(kind.name)/\(place.text)/\(now.day.iso)"
        let notice = NoticeDraft(kind, text, path: path, key: key, isReplacing: true)
        try Notices.post(notice, to: .holders(of: .itemReview, at: place), now: now, on: db)
    }

    // Calls belong to their place, and so does what is told of them

    func answered(_ call: Call, with item: ID<Item>, _ title: String) throws {
        try tell(call, .callAnswered, "征集有了回应：\(named(title))", key: "call/\(call.id)/\(item)")
    }

    func ended(_ call: Call, _ state: Call.State) throws {
        let lesson = try TextbookStore(db).places(of: [call.node]).first.map { named($0.node.title) } ?? ""
        try tell(call, .callEnded, "\(lesson)的征集\(state.title)：\(call.wantedTitles)", key: "call/\(call.id)/ended")
    }

    private func tell(_ call: Call, _ kind: NoticeKind, _ text: String, key: String) throws {
        let notice = NoticeDraft(kind, text, path: CallPages.path(call.id), key: key)
        try Notices.post(notice, to: .holders(of: .itemReview, at: call.path), now: now, on: db)
    }

    /// To every school that is not done, by hand or some days before the last one.
    func reminded(_ task: YearTask, _ schools: [YearTaskProgress]) throws {
        for one in schools {
            let notice = NoticeDraft(
                .yearTaskReminder, "\(named(task.title))还差 \(one.missing) 个资源，\(task.due.iso) 到期",
                path: YearTaskPages.path(task.id, one.school), key: "year_task/\(task.id)/\(one.school)/\(now.day.iso)",
                isReplacing: true)
            try Notices.post(notice, to: .holders(of: .itemReview, at: one.path), now: now, on: db)
        }
    }

    private static let longestTitle = 40

    private func named(_ title: String) -> String {
        let isLong = title.count > ResourceNotices.longestTitle
        return "“\(isLong ? title.prefix(ResourceNotices.longestTitle - 1) + "…" : title)”"
    }
}

extension ReviewLevel {
    /// Where the level reviews what is made at a place.
    fileprivate func place(of path: OrganisationPath) -> OrganisationPath {
        switch self {
        case .school: path
        case .county: path.unit ?? .city
        case .city: .city
        }
    }
}
