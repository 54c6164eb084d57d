import Database
import Directory
import Kernel

/// What a class had of a term: the first day it was sent something for, and the first on which it used it in class. The
/// figures of 班班通 are counted from these rows, two a year for each class.
struct ClassTerm: Sendable, Equatable {
    let pushedOn: LocalDate?
    let usedOn: LocalDate?
}

extension Term {
    /// `2026-1`: school year and half. Fixed for ever, since rows are kept by it.
    var key: String { "\(year.start)-\(half.rawValue)" }
}

enum ClassTermSchema {
    static let statements = [
        """
        CREATE TABLE resources_class_term (
            class_id TEXT NOT NULL REFERENCES directory_class_group (id), term TEXT NOT NULL, pushed_on TEXT,
            used_on TEXT, PRIMARY KEY (class_id, term))
        """,
        "CREATE INDEX resources_class_term_pushed ON resources_class_term (pushed_on)",
        "CREATE TABLE resources_figure_mark (name TEXT NOT NULL PRIMARY KEY, number INTEGER NOT NULL)",
        "INSERT INTO resources_figure_mark (name, number) VALUES ('classes', 0), ('items', 0)",
        """
        CREATE INDEX resources_item_shared ON resources_item (school_id, state, published_at)
        WHERE state = 'published' AND visibility <> 'school'
        """,
        """
        CREATE INDEX resources_item_excellent ON resources_item (type, state, published_at)
        WHERE state = 'published' AND visibility <> 'school' AND type = 'lesson-recording'
        """,
    ]
}

/// All SQL of the terms of classes. Part of the transactions that send, take back and open.
struct ClassTermStore {
    let db: Connection
    init(_ db: Connection) { self.db = db }

    /// Something was sent to the classes for these days.
    func notePush(_ targets: [PushTarget]) throws {
        var first: [ClassTermKey: LocalDate] = [:]
        for target in targets {
            let key = ClassTermKey(target.classGroup, Term(containing: target.day))
            first[key] = min(first[key] ?? target.day, target.day)
        }
        var changed = 0
        for keys in ClassTermStore.slices(first.keys.sorted()) {
            let rows = keys.map { key -> SQL in "(\(key.classGroup), \(key.term.key), \(first[key]))" }
            changed += try db.change(
                """
                INSERT INTO resources_class_term (class_id, term, pushed_on) VALUES \(SQL.joined(rows, ", "))
                ON CONFLICT (class_id, term) DO UPDATE SET pushed_on = excluded.pushed_on
                WHERE resources_class_term.pushed_on IS NULL OR resources_class_term.pushed_on > excluded.pushed_on
                """)
        }
        if changed > 0 { try FigureMark.bump(.classes, on: db) }
    }

    private static func slices<T>(_ all: [T]) -> [[T]] {
        stride(from: 0, to: all.count, by: 200).map { Array(all[$0..<min($0 + 200, all.count)]) }
    }

    /// Something was opened in class.
    func noteUse(_ classGroup: ID<ClassGroup>, on day: LocalDate) throws {
        let changed = try db.change(
            """
            INSERT INTO resources_class_term (class_id, term, used_on)
            VALUES (\(classGroup), \(Term(containing: day).key), \(day))
            ON CONFLICT (class_id, term) DO UPDATE SET used_on = excluded.used_on
            WHERE resources_class_term.used_on IS NULL OR resources_class_term.used_on > excluded.used_on
            """)
        if changed > 0 { try FigureMark.bump(.classes, on: db) }
    }

    /// What was sent was taken back: the first day follows from what is left. What was opened in class was received.
    func renew(_ lessons: [Lesson]) throws {
        let keys = Set(lessons.map { ClassTermKey($0.classGroup, Term(containing: $0.day)) })
        for (term, classes) in Dictionary(grouping: keys, by: \.term).sorted(by: { $0.key < $1.key }) {
            for slice in ClassTermStore.slices(classes.map(\.classGroup).sorted()) {
                try db.execute(
                    """
                    UPDATE resources_class_term SET pushed_on = (
                        SELECT MIN(l.day) FROM resources_lesson l
                        WHERE l.class_id = resources_class_term.class_id AND l.day >= \(term.firstDay)
                            AND l.day <= \(term.lastDay) AND (l.withdrawn_at IS NULL OR EXISTS (
                                SELECT 1 FROM resources_opening g WHERE g.lesson_id = l.id)))
                    WHERE term = \(term.key) AND class_id IN \(in: slice)
                    """)
            }
        }
        if !keys.isEmpty { try FigureMark.bump(.classes, on: db) }
    }
}

private struct ClassTermKey: Hashable, Comparable {
    let classGroup: ID<ClassGroup>
    let term: Term

    init(_ classGroup: ID<ClassGroup>, _ term: Term) { (self.classGroup, self.term) = (classGroup, term) }

    static func < (a: ClassTermKey, b: ClassTermKey) -> Bool {
        (a.classGroup, a.term) < (b.classGroup, b.term)
    }
}
