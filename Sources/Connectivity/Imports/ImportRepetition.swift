import Database
import Directory
import Foundation
import Kernel

/// What an import accepted later tells once more: undoing the earlier one would take it from the later.
struct ImportRepetition: Sendable, Equatable {
    let file: String
    let acceptedOn: LocalDate
    /// The first school of the file it concerns.
    let school: String

    /// Why the earlier import cannot be undone, and what to do.
    var message: String {
        "不能撤销：之后接受的导入“\(file)”（\(acceptedOn.iso)）也登记了“\(school)”的相同内容。请先撤销那次导入。"
    }
}

extension ImportStore {
    /// The first import accepted after this one that tells the same value of a school, or anything of a school that
    /// this one made or whose profile it changed.
    func repetition(of batch: ImportBatch) throws -> ImportRepetition? {
        guard let acceptedAt = batch.acceptedAt else { return nil }
        var values: [OrganisationID: [(field: String, value: Double, from: LocalDate)]] = [:]
        try db.each(
            """
            SELECT organisation_id, field, value, valid_from FROM connectivity_value
            WHERE batch_id = \(batch.id) AND undone_at IS NULL
            """
        ) { row in
            values[try row.get(0), default: []].append((try row.text(1), try row.real(2), try row.get(3)))
        }
        let touched = Set(try organisations(of: batch.id).map(\.id))
        let later = try db.rows(
            """
            SELECT \(ImportBatch.columns) FROM connectivity_import b
            WHERE b.state = 'accepted' AND (b.accepted_at > \(acceptedAt)
                OR b.accepted_at = \(acceptedAt) AND b.id > \(batch.id))
            ORDER BY b.accepted_at, b.id
            """, ImportBatch.init)
        for other in later {
            let school = try schoolsToldAgain(by: other, of: batch).first { line in
                guard let school = line.organisation else { return false }
                return touched.contains(school) || (values[school] ?? []).contains { line.repeats($0, other) }
            }
            if let school {
                return ImportRepetition(
                    file: other.fileName, acceptedOn: (other.acceptedAt ?? acceptedAt).day, school: school.name)
            }
        }
        return nil
    }

    /// The accepted lines of an import about schools that an earlier one told of.
    private func schoolsToldAgain(by other: ImportBatch, of batch: ImportBatch) throws -> [ImportLine] {
        try db.rows(
            """
            SELECT r.number, r.sheet, r.sheet_index, r.row_number, r.kind, r.organisation_id, r.school_code,
                r.school_name, r.payload, r.problems
            FROM connectivity_import_row r
            WHERE r.batch_id = \(other.id) AND r.kind <> 'refused' AND r.organisation_id IN (
                SELECT v.organisation_id FROM connectivity_value v WHERE v.batch_id = \(batch.id)
                UNION SELECT o.organisation_id FROM connectivity_import_organisation o WHERE o.batch_id = \(batch.id))
            ORDER BY r.number
            """, ImportLine.init)
    }
}

extension ImportLine {
    /// Whether the line tells the value for its day or a later one.
    fileprivate func repeats(
        _ told: (field: String, value: Double, from: LocalDate), _ batch: ImportBatch
    ) -> Bool {
        let day = LocalDate(iso: content.day) ?? batch.statisticsOn
        return day >= told.from && content.values[told.field] == told.value
    }
}
