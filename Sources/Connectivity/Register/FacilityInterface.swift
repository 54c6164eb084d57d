import Database
import Directory
import Foundation
import Kernel
import Platform
import Web

/// The register for other systems, under the same rules as the form.
struct FacilityInterface: Sendable {
    let database: Database
    let service: FacilityService
    static let standardLimit = 200
    static let limits = 1...1000

    func routes() -> Routes {
        var routes = Routes(module: "connectivity")
        routes.api(
            .get, "/facilities", access: .can(.registerView),
            summary: "各校设施登记；参数 after（上一页的 next）、limit（1 到 1000）、on（日期，默认今天）", list)
        routes.api(
            .get, "/schools/:id/facilities", access: .can(.registerView),
            summary: "一所学校的设施登记，含来源；参数 on（日期，默认今天）", show)
        routes.api(
            .put, "/schools/:id/facilities", access: .can(.registerEdit),
            summary: "登记一所学校的设施：validFrom、values，数值变化较大时加 reason", put)
        return routes
    }

    @Sendable private func list(_ request: WebRequest) async throws -> WebResponse {
        let scope = try request.user.scope(of: .registerView)
        let asked = try Asked(request.query)
        let document = try await database.read(snapshot: true) { db in
            let store = FacilityStore(db)
            let found = try store.schools(within: scope, after: asked.after, limit: asked.limit + 1)
            let schools = found.prefix(asked.limit)
            let records = try store.records(of: schools.map(\.id), on: asked.day)
            return FacilityListDocument(
                on: asked.day.iso,
                schools: schools.map { school in
                    let record = records[school.id] ?? FacilityRecord()
                    return FacilityListDocument.School(
                        id: school.id.rawValue, code: school.code, name: school.name,
                        values: FacilityAPIValue.values(of: record))
                }, next: found.count > asked.limit ? schools.last?.id.rawValue : nil)
        }
        return try FacilityInterface.json(document)
    }

    @Sendable private func show(_ request: WebRequest) async throws -> WebResponse {
        let scope = try request.user.scope(of: .registerView)
        let id: OrganisationID = try request.id("id")
        let day = try FacilityRoutes.day(request.query)
        return try FacilityInterface.json(try await document(of: id, within: scope, on: day))
    }

    @Sendable private func put(_ request: WebRequest) async throws -> WebResponse {
        let user = try request.user
        let scope = user.scope(of: .registerEdit)
        let id: OrganisationID = try request.id("id")
        let draft = try FacilityInterface.draft(request.body)
        let actor = AuditActor(user, address: request.remoteAddress)
        switch try await service.save(draft, of: id, scope: scope, by: actor, source: .api) {
        case .saved:
            return try FacilityInterface.json(try await document(of: id, within: scope, on: draft.validFrom))
        case .unconfirmed(let warnings):
            throw DomainError.invalid(warnings + [FieldProblem(field: "reason", message: "核对无误的，请在 reason 中写明原因。")])
        case .conflict:
            throw DomainError.conflict("这所学校的登记刚被修改，请重新读取后再提交。")
        }
    }

    private func document(
        of id: OrganisationID, within scope: DataScope, on day: LocalDate
    ) async throws -> FacilityDocument {
        try await database.read(snapshot: true) { db in
            let school = try OrganisationStore(db).find(id, within: scope)
            guard school.kind.isSchool else { throw DomainError.notFound }
            return FacilityDocument(school, on: day, try FacilityStore(db).values(of: id, on: day))
        }
    }

    private struct Body: Decodable {
        let validFrom: String
        let values: [String: FacilityAPIValue]
        let reason: String?
    }

    /// - Throws: `DomainError.invalid` naming each member that cannot be read.
    static func draft(_ body: [UInt8]) throws -> FacilityDraft {
        guard let body = try? JSONDecoder().decode(Body.self, from: Data(body)) else {
            throw DomainError.invalid("", "内容应为 JSON，含 validFrom 和 values，数值用数字、true/false 或文字。")
        }
        guard body.values.count <= FacilityField.all.count else {
            throw DomainError.invalid("values", "登记项过多。")
        }
        var problems: [FieldProblem] = []
        var changes = FacilityRecord()
        for (name, told) in body.values.sorted(by: { $0.key < $1.key }) {
            guard let field = FacilityField.named(name) else {
                problems.append(FieldProblem(field: name, message: "没有这个登记项。"))
                continue
            }
            switch told.reading(as: field) {
            case .value(let value): changes[field] = value
            case .absent: problems.append(FieldProblem(field: name, message: "\(field.shortLabel)没有值；不改动的登记项不必提交。"))
            case .refused(let message): problems.append(FieldProblem(field: name, message: message + "。"))
            }
        }
        let day = LocalDate(iso: body.validFrom)
        if day == nil { problems.append(FieldProblem(field: "validFrom", message: "validFrom 应为日期，格式如 2015-09-30。")) }
        let reason = body.reason.map { ChineseText.normalised($0) }.flatMap { $0.isEmpty ? nil : $0 }
        if let reason, reason.count > FacilityForm.reasonLength {
            problems.append(FieldProblem(field: "reason", message: "原因不能超过 \(FacilityForm.reasonLength) 个字。"))
        }
        guard let day, problems.isEmpty else { throw DomainError.invalid(problems) }
        return FacilityDraft(changes: changes, validFrom: day, reason: reason)
    }

    private static func json(_ document: some Encodable) throws -> WebResponse {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        return .json(Array(try encoder.encode(document)))
    }

    /// The query of the list; what cannot be read is told, not guessed.
    private struct Asked: Sendable {
        let after: OrganisationID?
        let limit: Int
        let day: LocalDate

        init(_ query: FormValues) throws {
            var problems: [FieldProblem] = []
            let after = query.text("after"), limit = query.text("limit")
            self.after = after.flatMap { OrganisationID(checking: $0) }
            if after != nil, self.after == nil {
                problems.append(FieldProblem(field: "after", message: "after 应为一个 id。"))
            }
            self.limit = limit.map { Int($0) ?? 0 } ?? FacilityInterface.standardLimit
            if !FacilityInterface.limits.contains(self.limit) {
                problems.append(FieldProblem(field: "limit", message: "limit 应为 1 到 1000。"))
            }
            if !problems.isEmpty { throw DomainError.invalid(problems) }
            day = try FacilityRoutes.day(query)
        }
    }
}

/// A value of the register in JSON: a number (money in fen), true or false, or a code or other text.
enum FacilityAPIValue: Codable, Sendable, Equatable {
    case number(Double)
    case flag(Bool)
    case text(String)

    init(_ value: Double, of field: FacilityField) {
        switch field.kind {
        case .yesNo: self = .flag(value != 0)
        case .code: self = .text(field.code(numbered: value)?.code ?? "")
        case .count, .bandwidth, .money: self = .number(value)
        }
    }

    init(from decoder: any Decoder) throws {
        let container = try decoder.singleValueContainer()
        if let flag = try? container.decode(Bool.self) {
            self = .flag(flag)
        } else if let number = try? container.decode(Double.self) {
            self = .number(number)
        } else {
            self = .text(try container.decode(String.self))
        }
    }

    func encode(to encoder: any Encoder) throws {
        var container = encoder.singleValueContainer()
        switch self {
        case .number(let number):
            if let whole = Int64(exactly: number) { try container.encode(whole) } else { try container.encode(number) }
        case .flag(let flag): try container.encode(flag)
        case .text(let text): try container.encode(text)
        }
    }

    /// Texts are read as in the form; a bare number of a code field means nothing outside the register.
    func reading(as field: FacilityField) -> CellReading {
        switch (self, field.kind) {
        case (.flag(let flag), .yesNo): .value(flag ? 1 : 0)
        case (.number(let number), .count), (.number(let number), .bandwidth), (.number(let number), .money),
            (.number(let number), .yesNo):
            .value(number)
        case (.text(let text), _): FacilityForm.value(of: text, field)
        case (.flag, _), (.number, .code): .refused("\(field.shortLabel)的类型不对")
        }
    }

    static func values(of record: FacilityRecord) -> [String: FacilityAPIValue] {
        var values: [String: FacilityAPIValue] = [:]
        for field in FacilityField.all {
            if let value = record[field] { values[field.id] = FacilityAPIValue(value, of: field) }
        }
        return values
    }
}

/// One school's register in JSON.
struct FacilityDocument: Encodable, Sendable {
    struct Value: Encodable, Sendable {
        let value: FacilityAPIValue
        let label: String
        let unit: String
        let validFrom: String
        let source: String
        let place: String
        let recordedAt: String
        let recordedBy: String
    }

    let school: String
    let code: String?
    let name: String
    let on: String
    let values: [String: Value]

    init(_ organisation: Organisation, on day: LocalDate, _ known: [FacilityValue]) {
        (school, code, name) = (organisation.id.rawValue, organisation.code, organisation.name)
        on = day.iso
        var values: [String: Value] = [:]
        for told in known {
            guard let field = FacilityField.named(told.field) else { continue }
            values[field.id] = Value(
                value: FacilityAPIValue(told.value, of: field), label: field.shortLabel,
                unit: field.kind == .money ? "分/月" : field.unit, validFrom: told.validFrom.iso,
                source: told.source.rawValue, place: told.place, recordedAt: told.recordedAt.rfc3339,
                recordedBy: told.recordedBy)
        }
        self.values = values
    }
}

struct FacilityListDocument: Encodable, Sendable {
    struct School: Encodable, Sendable {
        let id: String
        let code: String?
        let name: String
        let values: [String: FacilityAPIValue]
    }

    let on: String
    let schools: [School]
    /// What to send as `after`; missing at the end.
    let next: String?
}
