import Contracts
import Database
import Directory
import Kernel
import Platform

/// What reviewing needs of other contexts.
package struct ReviewOffice: Sendable {
    let calendar: any WorkDays
    let consent: any PublicationConsent
    let reviewers: any RightHolders

    package init(calendar: any WorkDays, consent: any PublicationConsent, reviewers: any RightHolders) {
        (self.calendar, self.consent, self.reviewers) = (calendar, consent, reviewers)
    }
}

/// The way of a resource up the levels: handing in, deciding, taking back. Each deed is one transaction with its audit
/// entry. What the user may not see answers `DomainError.notFound`, what she may not do `DomainError.forbidden`, and a
/// state that moved on `DomainError.conflict`.
package struct ReviewService {
    let db: Connection
    let user: CurrentUser
    let actor: AuditActor
    let now: Timestamp
    let office: ReviewOffice
    let store: ItemStore
    let writing: ItemWritingStore
    let reviews: ReviewStore
    let notices: ResourceNotices

    package init(
        _ db: Connection, by user: CurrentUser, address: String = "", now: Timestamp, office: ReviewOffice
    ) {
        (self.db, self.user, self.now, self.office) = (db, user, now, office)
        actor = AuditActor(user, address: address)
        (store, writing, reviews) = (ItemStore(db), ItemWritingStore(db), ReviewStore(db))
        notices = ResourceNotices(db, now: now)
    }

    // The author

    /// Hands the draft in. Levels that passed exactly this content before are not asked again; content that was sent back
    /// is not taken a second time unchanged.
    package func submit(_ id: ID<Item>) throws {
        let seen = try seen(id)
        let item = seen.item
        guard seen.rights(user).maySubmit, let open = seen.open else {
            throw DomainError.conflict("现在不能提交，请看资源现在的状态。")
        }
        let files = try store.files(of: id).filter { $0.belongs(to: open.number) }
        let parent = try item.adaptedFrom.flatMap { try store.look(for: $0)?.licence }
        var problems = open.content.problems(files: files.count, adapting: parent)
        let pupils = try ItemPupilStore(db).pupils(of: id, version: open.number)
        if !(open.content.pupilUses ?? []).isEmpty, pupils.isEmpty {
            problems.append(FieldProblem(field: "pupils", message: "写明是哪些学生的作品或肖像"))
        }
        // What was taken down comes back only past the level that took it down.
        let goal = max(ReviewLevel(for: open.content.visibility), seen.takedown?.level ?? .school)
        if let refusal = try reviews.refusal(of: id), refusal <= goal {
            let words = refusal == .school ? "学校没有通过这个资源，不能再提交。" : "\(refusal.title)没有通过，“谁能看到”改选更小的范围"
            problems.append(FieldProblem(field: "visibility", message: words))
        }
        let found = try ReviewChecks.told(open.content, at: item.school, on: now.day, db)
        problems += found.filter { $0.grade == .block }.map { FieldProblem(field: $0.field, message: $0.words) }
        if !problems.isEmpty { throw DomainError.invalid(problems) }
        let digest = try ReviewDigest.of(open.content, files, pupils)
        if let last = try reviews.reviews(of: id).first(where: { $0.state != .withdrawn }), last.digest == digest,
            last.state == .returned
        {
            throw DomainError.conflict("内容没有改动，先按退回的意见修改再提交。")
        }
        try take(item, as: item.state == .draft ? .pending : item.state)
        try writing.submit(id, version: open.number, by: user.account, now: now)
        try withdrawReview(of: id, by: nil)
        try begin(item, open, digest: digest, goal: goal, by: user.account, findings: found)
        try record("resource.submitted", item, open.content.title)
    }

    /// Opens the review of what was handed in.
    private func begin(
        _ item: Item, _ version: ItemVersion, digest: String, goal: ReviewLevel, by account: ID<Account>,
        findings: [ReviewFinding]
    ) throws {
        let carried = try reviews.passed(digest, of: item.id)
        let course = ReviewCourse(goal: goal, carried: carried), review = ID<Review>.new()
        try reviews.insert(
            review, of: item.id, version: version.number, digest: digest, goal: goal, by: account, now: now)
        for level in course.passed { try insertStep(level, of: review, item, version, state: .carried) }
        try ReviewCheckStore(db).add(findings, to: review)
        try ReviewChecks.schedule(review, at: item.path, now: now, on: db)
        if let level = course.current {
            try insertStep(level, of: review, item, version, state: .open)
            try notices.waiting(item, at: level)
        } else {
            try reviews.end(review, .passed, now: now)
            _ = try publish(version, of: item, passed: goal, goal: goal, remark: "")
        }
    }

    private func insertStep(
        _ level: ReviewLevel, of review: ID<Review>, _ item: Item, _ version: ItemVersion, state: ReviewStep.State
    ) throws {
        let due = office.calendar.day(after: now.day, workingDays: level.workingDays)
        try reviews.insertStep(
            level, of: review, for: item, version: version.number, area: try area(of: version.content), due: due,
            state: state, now: now)
    }

    /// Stage and subject of the first lesson.
    private func area(of content: ItemContent) throws -> String {
        let places = try TextbookStore(db).places(of: content.nodes.map { ID<TextbookNode>($0) })
        return places.first.map { $0.textbook.key.stage + "-" + $0.textbook.key.subject } ?? ""
    }

    /// Takes it back from wherever it waits. What a level has passed already stays published as far as that level reaches.
    package func withdraw(_ id: ID<Item>) throws {
        let seen = try seen(id)
        guard seen.rights(user).mayWithdraw else {
            throw DomainError.conflict("现在不能撤回，请看资源现在的状态。")
        }
        try take(seen.item, as: seen.item.state == .pending ? .draft : seen.item.state)
        if let open = seen.open, open.state == .pending {
            try writing.sendBack(id, version: open.number, by: "", "", now: now)
        }
        try withdrawReview(of: id, by: user)
        try record("resource.withdrawn", seen.item, (seen.open?.content ?? seen.item.content).title)
    }

    /// - Parameter user: whoever takes it back; `nil` when a later version overtakes it.
    private func withdrawReview(of id: ID<Item>, by user: CurrentUser?) throws {
        guard let review = try reviews.open(of: id) else { return }
        if let step = try reviews.step(of: id) {
            let words = user == nil ? "有了新的版本" : ""
            _ = try reviews.decide(step.id, .withdrawn, by: self.user, rank: nil, words, now: now)
        }
        try reviews.end(review.id, .withdrawn, now: now)
    }

    // The reviewer

    /// Takes a step for herself, or from whoever has it. Nobody is kept from taking it over: the claim says who is at it.
    package func claim(_ id: ID<Item>) throws {
        let seen = try seen(id)
        guard let step = seen.step, seen.rights(user).mayDecide else {
            throw DomainError.conflict("这个资源现在没有待审的版本。")
        }
        guard try reviews.claim(step, by: user, now: now) else { throw late(seen.item) }
        let from = step.claimedName.isEmpty ? "" : "，原由\(step.claimedName)认领"
        try record("resource.review_claimed", seen.item, step.level.title + from)
    }

    package func release(_ id: ID<Item>) throws {
        let seen = try seen(id)
        guard let step = seen.step, step.claimedBy == user.account else {
            throw DomainError.conflict("这个资源没有由你认领。")
        }
        guard try reviews.claim(step, by: nil, now: now) else { throw late(seen.item) }
        try record("resource.review_released", seen.item, step.level.title)
    }

    /// Says the word of the level where it waits. Of two who decide at once the second is told.
    /// - Parameters:
    ///   - revision: of what was looked at.
    ///   - remark: why; needed for all but passing what the machine has nothing against.
    package func decide(
        _ id: ID<Item>, at revision: Int, _ outcome: ReviewOutcome, remark: String
    ) throws {
        let seen = try seen(id), item = seen.item
        guard let rank = ReviewLevel.of(user, at: item.path) else { throw DomainError.forbidden("由资源审核员审核。") }
        if seen.authors.contains(where: { $0.person == user.person }) {
            throw DomainError.forbidden("自己的资源由其他审核员审核。")
        }
        guard let step = seen.step, let review = try reviews.open(of: id) else {
            throw DomainError.conflict("这个资源现在没有待审的版本，可能刚由别人审过。")
        }
        guard step.level <= rank else {
            throw DomainError.forbidden("正在\(step.level.title)审核，由\(step.level.title)审核员决定。")
        }
        guard seen.rights(user).mayDecide else { throw DomainError.forbidden("自己写过的资源由其他审核员审核。") }
        guard item.revision == revision else { throw late(item) }
        if let name = step.claimedBy.flatMap({ $0 == user.account ? nil : step.claimedName }) {
            throw DomainError.conflict("\(name)已认领这个资源。要由你来审，先点“接手”。")
        }
        let version = try version(step.version, of: seen)
        try checkReason(outcome, remark, review)
        try take(item, as: state(of: seen, after: outcome))
        try settle(step, review, version, item, outcome, rank, remark)
        let action =
            outcome == .passed ? "resource.passed" : outcome == .returned ? "resource.returned" : "resource.refused"
        let title = "\(step.level.title)，\(version.content.title)"
        try record(action, item, remark.isEmpty ? title : "\(title)：\(remark)")
    }

    private func checkReason(_ outcome: ReviewOutcome, _ remark: String, _ review: Review) throws {
        guard remark.isEmpty else { return }
        if outcome != .passed { throw DomainError.invalid("remark", "退回或不予通过时写明原因") }
        if try ReviewCheckStore(db).findings(of: review.id).contains(where: { $0.grade == .block }) {
            throw DomainError.invalid("remark", "机器检查有“拦截”的内容，要通过须写明理由")
        }
    }

    private func state(of seen: Seen, after outcome: ReviewOutcome) -> ItemState {
        guard seen.item.state == .pending, outcome != .passed else { return seen.item.state }
        return .draft
    }

    /// The version that the step is about: the open one, or the published one on its way up.
    private func version(_ number: Int, of seen: Seen) throws -> ItemVersion {
        guard let found = try store.versions(of: seen.item.id).first(where: { $0.number == number }) else {
            throw DomainError.notFound
        }
        return found
    }

    private func settle(
        _ step: ReviewStep, _ review: Review, _ version: ItemVersion, _ item: Item, _ outcome: ReviewOutcome,
        _ rank: ReviewLevel, _ remark: String
    ) throws {
        let steps = try reviews.steps(of: item.id).filter { $0.review == review.id }
        var course = ReviewCourse(
            goal: review.goal, carried: Set(steps.filter { [.passed, .carried].contains($0.state) }.map(\.level)))
        guard course.current == step.level else { throw late(item) }
        let settled: [ReviewLevel]
        do { settled = try course.decide(outcome, by: rank) } catch { throw late(item) }
        guard outcome == .passed else {
            let state: ReviewStep.State = outcome == .returned ? .returned : .refused
            guard try reviews.decide(step.id, state, by: user, rank: rank, remark, now: now) else { throw late(item) }
            try reviews.end(review.id, outcome == .returned ? .returned : .refused, now: now)
            if version.state == .pending {
                try writing.sendBack(item.id, version: version.number, by: user.name, remark, now: now)
            }
            try notices.stopped(item, version.content.title, outcome, at: step.level, step: step.id, remark, by: user)
            return
        }
        var open: ReviewStep? = step
        for level in settled {
            if open == nil {
                try insertStep(level, of: review.id, item, version, state: .open)
                open = try reviews.step(of: item.id)
            }
            guard let next = open, try reviews.decide(next.id, .passed, by: user, rank: rank, remark, now: now) else {
                throw late(item)
            }
            open = nil
        }
        let passed = settled.last ?? step.level
        if let next = course.current {
            try insertStep(next, of: review.id, item, version, state: .open)
            try notices.waiting(item, at: next)
        } else {
            try reviews.end(review.id, .passed, now: now)
        }
        let isNew = version.number != item.version
        let reach = try publish(version, of: item, passed: passed, goal: review.goal, remark: remark)
        try notices.passed(
            item, version.content.title, by: passed, step: step.id, reach: reach, isNew: isNew, next: course.current,
            user)
    }

    /// Lets readers have what a level has passed, as far as that level reaches. Throws `DomainError.invalid` for
    /// `decision`, naming every consent that is missing. Returns who finds it now; `nil` when nothing changed for readers.
    private func publish(
        _ version: ItemVersion, of item: Item, passed level: ReviewLevel, goal: ReviewLevel, remark: String
    ) throws -> ItemVisibility? {
        let isNew = version.number != item.version
        let present = item.state == .published && isNew ? item.reach : nil
        guard ReviewReach.isPublished(passed: level, goal: goal, present: present) else { return nil }
        let takedown = try TakedownStore(db).open(of: item.id)
        if let takedown, level < takedown.level { return nil }
        let pupils = try ItemPupilStore(db).pupils(of: item.id, version: version.number)
        let missing = try PupilGate(consent: office.consent, db: db).missing(version.content, pupils)
        guard missing.isEmpty else {
            throw DomainError.invalid(
                "decision", "不能发布：还没有得到同意的学生是\(missing.joined(separator: "、"))。")
        }
        try db.execute("UPDATE resources_item SET state = 'published' WHERE id = \(item.id)")
        let reach = ReviewReach.visibility(passed: level, wanted: version.content.visibility)
        if isNew {
            try writing.publish(version, of: item.id, by: user.name, remark, now: now)
            try NextAuthors(db).take(item.id, version: version.number)
            try record("resource.published", item, "\(version.content.title)：\(reach.title)")
        } else {
            try record("resource.promoted", item, "\(version.content.title)：\(reach.title)")
        }
        try writing.setReach(reach, version.content, of: item.id, now: now)
        try ContributionWriting(db).published(
            item, version.content, area: area(of: version.content), reach: reach, now: now)
        if isNew { try CallSettling(db).answered(with: item.id, version.content.title, now: now) }
        try CallSettling(db).settle(version.content.nodes.map { ID<TextbookNode>($0) }, now: now)
        if let takedown {
            try TakedownStore(db).end(takedown.id, by: user.name, now: now)
            try record("resource.restored", item, "改正后的版本通过\(level.title)审核")
        }
        return reach
    }

    // Shared

    /// Whether a level has yet to speak.
    package func isWaiting(_ id: ID<Item>) throws -> Bool { try reviews.step(of: id) != nil }

    struct Seen {
        let item: Item
        let open: ItemVersion?
        let authors: [ItemAuthor]
        let step: ReviewStep?
        let writers: Set<ID<Person>>
        let takedown: Takedown?

        func rights(_ user: CurrentUser) -> ItemRights {
            ItemRights(
                item, open: open, authors: authors, step: step, writers: writers, takedown: takedown?.level, user)
        }
    }

    func seen(_ id: ID<Item>) throws -> Seen {
        let item = try store.find(id, for: ResourceViewer(user))
        let open = try store.open(of: id), step = try reviews.step(of: id)
        return Seen(
            item: item, open: open, authors: try store.authors(of: id), step: step,
            writers: try reviews.writers(of: id, version: step?.version ?? max(item.version, 1)),
            takedown: try TakedownStore(db).open(of: id))
    }

    func take(_ item: Item, as state: ItemState? = nil) throws {
        guard try writing.touch(item, state: state, by: user.name, now: now) else { throw late(item) }
    }

    func late(_ item: Item) -> DomainError {
        .conflict("“\(item.content.title)”刚被\(item.changedBy)处理过。请看过现在的状态再决定。")
    }

    func record(_ action: String, _ item: Item, _ detail: String) throws {
        try AuditLog.record(action, item.id.rawValue, by: actor, at: item.path, detail, now: now, on: db)
    }

    /// Throws `DomainError.notFound` when the user may not see it.
    func expectSeen(_ id: ID<Item>) throws { _ = try store.find(id, for: ResourceViewer(user)) }
}
