import Database
import Kernel
import Platform

/// Answers questions about a collection: draws up its list, keeps it for the next pages, and makes the records of a page.
struct OneRosterReader: Sendable {
    let database: Database
    let crypto: any CryptoProvider
    let lists: OneRosterLists

    /// Records that are looked at together while a list is drawn up.
    private static let batch = 1000

    struct Page: Sendable {
        let records: [OneRosterRecord]
        let total: Int
    }

    private static func source(
        _ collection: OneRosterCollection, _ view: OneRosterView, _ crypto: any CryptoProvider, on db: Connection
    ) -> any OneRosterSource {
        switch collection {
        case .orgs: OneRosterOrganisationStore(db: db, view: view)
        case .academicSessions: OneRosterSessionStore(db: db, view: view)
        case .courses: OneRosterCourseStore(db: db, view: view)
        case .classes: OneRosterClassStore(db: db, view: view)
        case .enrollments: OneRosterEnrollmentStore(db: db, view: view)
        case .users: OneRosterUserStore(db: db, view: view)
        case .demographics: OneRosterDemographicStore(db: db, view: view, crypto: crypto)
        case .categories, .lineItems, .results, .scoreScales:
            GradebookStore(db: db, view: view, collection: collection, crypto: crypto)
        }
    }

    /// One record; `nil` when there is none in the view.
    func find(
        _ key: String, in collection: OneRosterCollection, _ selection: OneRosterSelection, _ view: OneRosterView
    ) async throws -> OneRosterRecord? {
        guard key.utf8.count <= 255 else { return nil }
        var selection = selection
        (selection.only, selection.includesEnded) = (key, !collection.isGradebook)
        let (only, crypto) = (selection, crypto)
        return try await database.read { db in
            let source = OneRosterReader.source(collection, view, crypto, on: db)
            guard try source.keys(only).count > 0 else { return nil }
            return try source.records([key]).first
        }
    }

    /// - Parameter caller: tells the lists of one consumer from those of another.
    func page(
        _ question: OneRosterQuestion, of collection: OneRosterCollection, _ selection: OneRosterSelection,
        _ view: OneRosterView, caller: String
    ) async throws -> Page {
        let name = [
            caller, view.version.rawValue, view.scope.roots.map(\.text).joined(separator: ","), collection.rawValue,
            selection.name, question.list,
        ].joined(separator: "\u{2}")
        var keys = question.offset > 0 ? lists.find(name, at: view.now) : nil
        if keys == nil {
            let drawn = try await draw(question, collection, selection, view)
            lists.keep(drawn, as: name, at: view.now)
            keys = drawn
        }
        guard let keys else { return Page(records: [], total: 0) }
        let wanted = keys.page(question.offset, question.limit), crypto = crypto
        let records = try await database.read { db in
            try OneRosterReader.source(collection, view, crypto, on: db).records(wanted)
        }
        return Page(records: records, total: keys.count)
    }

    /// The list of a question. Without filter and sort the database gives it; otherwise every candidate is looked at, batch
    /// by batch, so that nobody else waits for it.
    private func draw(
        _ question: OneRosterQuestion, _ collection: OneRosterCollection, _ selection: OneRosterSelection,
        _ view: OneRosterView
    ) async throws -> OneRosterKeys {
        var selection = selection
        selection.includesEnded = question.filter?.asksForEnded ?? false
        selection.changedSince = question.filter?.changedSince
        let (wide, crypto) = (selection, crypto)
        let candidates = try await database.read { db in
            try OneRosterReader.source(collection, view, crypto, on: db).keys(wide)
        }
        guard question.filter != nil || question.sort != nil || question.isDescending else { return candidates }
        var found: [(key: String, sort: String)] = []
        for start in stride(from: 0, to: candidates.count, by: OneRosterReader.batch) {
            let keys = candidates.page(start, OneRosterReader.batch)
            let records = try await database.read { db in
                try OneRosterReader.source(collection, view, crypto, on: db).records(keys)
            }
            for record in records where question.filter?.matches(record) ?? true {
                found.append((record.id, question.sort.flatMap { record.texts(at: $0).first } ?? ""))
            }
        }
        if question.sort != nil { found.sort { ($0.sort, $0.key) < ($1.sort, $1.key) } }
        return OneRosterKeys(question.isDescending ? found.reversed().map(\.key) : found.map(\.key))
    }

    /// All records of a collection, batch by batch, for files.
    func each(
        _ collection: OneRosterCollection, _ selection: OneRosterSelection, _ view: OneRosterView,
        _ body: ([OneRosterRecord]) throws -> Void
    ) async throws {
        let crypto = crypto
        let keys = try await database.read { db in
            try OneRosterReader.source(collection, view, crypto, on: db).keys(selection)
        }
        for start in stride(from: 0, to: keys.count, by: OneRosterReader.batch) {
            let wanted = keys.page(start, OneRosterReader.batch)
            let records = try await database.read { db in
                try OneRosterReader.source(collection, view, crypto, on: db).records(wanted)
            }
            try body(records)
        }
    }
}
