import Database
import Directory
import Kernel
import Synchronization

/// How consents stand at every school. A school is counted once a day and then again only when something of one of its
/// pupils has changed; each server keeps the figures for itself.
final class ConsentCensus: Sendable {
    private struct School: Sendable {
        let population: ConsentPopulation
        /// By purpose, the version that was in force and how pupils stood.
        var spoken: [String: (version: Int, standings: [ConsentStanding: Int])]

        func covers(_ purposes: [ConsentPurpose]) -> Bool {
            purposes.allSatisfy { spoken[$0.code]?.version == $0.version.number }
        }
    }

    private struct Kept: Sendable {
        var day: LocalDate
        /// Up to when changes were looked for.
        var readAt: Timestamp
        var schools: [OrganisationID: School] = [:]
    }

    private let kept = Mutex<Kept?>(nil)

    /// Seconds for which a change may be on its way between its stamp and its commit.
    private static let delay: Int64 = 300
    /// Schools that are counted in one statement.
    private static let chunk = 64

    /// The schools of the scope with what stands there today, by the code of the purpose.
    func counts(
        within scope: DataScope, of purposes: [ConsentPurpose], at now: Timestamp, _ db: Connection
    ) throws -> [OrganisationID: [String: ConsentCount]] {
        let schools = try OrganisationStore(db).all(within: scope).filter(\.kind.isSchool).map(\.id)
        let known = try renewed(schools, purposes, at: now, db)
        return schools.reduce(into: [:]) { counts, id in
            guard let school = known[id] else { return }
            let codes = purposes.map(\.code)
            counts[id] = Dictionary(
                uniqueKeysWithValues: codes.map {
                    ($0, ConsentCount(school.population, school.spoken[$0]?.standings ?? [:]))
                })
        }
    }

    private func renewed(
        _ schools: [OrganisationID], _ purposes: [ConsentPurpose], at now: Timestamp, _ db: Connection
    ) throws -> [OrganisationID: School] {
        let day = now.day, store = ConsentCountStore(db, on: day)
        var known = kept.withLock { $0?.day == day ? $0 : nil } ?? Kept(day: day, readAt: now)
        if !known.schools.isEmpty {
            for id in try store.schoolsChanged(since: known.readAt.adding(seconds: -ConsentCensus.delay)) {
                known.schools[id] = nil
            }
        }
        known.readAt = max(known.readAt, now)
        let missing = schools.filter { !(known.schools[$0]?.covers(purposes) ?? false) }
        for start in stride(from: 0, to: missing.count, by: ConsentCensus.chunk) {
            let ids = Array(missing[start..<min(start + ConsentCensus.chunk, missing.count)])
            let populations = try store.populations("o.id IN \(in: ids)", by: .school)
            let standings = try store.standings(for: purposes, "o.id IN \(in: ids)", by: .school)
            for id in ids {
                var spoken = known.schools[id]?.spoken ?? [:]
                for purpose in purposes {
                    let counted = standings[id.rawValue]?[purpose.code] ?? [:]
                    spoken[purpose.code] = (purpose.version.number, counted)
                }
                known.schools[id] = School(
                    population: populations[id.rawValue] ?? ConsentPopulation(), spoken: spoken)
            }
        }
        let result = known
        kept.withLock { kept in
            // Whoever has read later keeps what is later.
            if let other = kept, other.day == result.day, other.readAt > result.readAt { return }
            kept = result
        }
        return result.schools
    }
}
