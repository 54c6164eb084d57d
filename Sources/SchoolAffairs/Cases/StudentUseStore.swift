import Database
import Directory
import Kernel

/// People about whom something is on record here: what was entered of them is not taken back any more.
package struct StudentUse: PersonUse {
    package init() {}

    package func use(of people: [ID<Person>], _ db: Connection) throws -> String? {
        for start in stride(from: 0, to: people.count, by: 512) {
            let chunk = Array(people[start..<min(start + 512, people.count)])
            // The others have gone before, see `DropoutTraces`.
            if let alarm = try DropoutTraceStore(db: db).attended(of: chunk) {
                return "“\(alarm.name)”\(alarm.raisedOn.iso) 的控辍保学提醒已有人处理，学籍须保留。"
            }
            let name: String? = try db.value(
                """
                SELECT p.name FROM directory_person p WHERE p.id IN \(in: chunk) AND (
                    EXISTS (SELECT 1 FROM school_affairs_change s WHERE s.person_id = p.id)
                    OR EXISTS (SELECT 1 FROM school_affairs_transfer t WHERE t.person_id = p.id)
                    OR EXISTS (SELECT 1 FROM school_affairs_admission a WHERE a.person_id = p.id)
                    OR EXISTS (SELECT 1 FROM school_affairs_absence b WHERE b.person_id = p.id))
                ORDER BY p.name LIMIT 1
                """)
            if let name { return "“\(name)”已有学籍异动、转学或缺勤记录。" }
        }
        return nil
    }
}
