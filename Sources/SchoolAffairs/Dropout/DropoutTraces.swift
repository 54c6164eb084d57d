import Database
import Directory
import Kernel
import Platform

/// Alarms that the platform wrote by itself and with which nobody has done anything: they go when the import that entered the
/// pupil is taken back.
package struct DropoutTraces: PersonTraces {
    package init() {}

    package func remove(of people: [ID<Person>], by actor: AuditActor, now: Timestamp, _ db: Connection) throws {
        let store = DropoutTraceStore(db: db)
        for start in stride(from: 0, to: people.count, by: 512) {
            let chunk = Array(people[start..<min(start + 512, people.count)])
            let alarms = try store.unattended(of: chunk)
            guard !alarms.isEmpty else { continue }
            try store.remove(alarms.map(\.id))
            for alarm in alarms {
                try AuditLog.record(
                    "dropout_alarm.removed", alarm.id.rawValue, by: actor, at: alarm.path,
                    "\(alarm.raisedOn.iso) 的提醒，无人处理过，随花名册导入撤销", now: now, on: db)
            }
        }
    }
}
