import Kernel
import Platform
import Web

/// What a person or another system wants to tell of one school.
package struct FacilityDraft: Sendable, Equatable {
    package var changes: FacilityRecord
    package var validFrom: LocalDate
    /// What the teller saw, and of which day; `nil` when nothing was shown.
    package var seen: Seen?
    /// Why surprising figures are right; `nil` while nobody has said that they are.
    package var reason: String?

    package struct Seen: Sendable, Equatable {
        package let record: FacilityRecord
        package let on: LocalDate
    }

    package init(changes: FacilityRecord, validFrom: LocalDate, seen: Seen? = nil, reason: String? = nil) {
        (self.changes, self.validFrom, self.seen, self.reason) = (changes, validFrom, seen, reason)
    }
}

/// The register's form of one school: fields named by the ids of `FacilityField`, and what the form was filled from.
/// Only what differs from that is told.
package struct FacilityForm: Sendable {
    /// Names of the fields besides those of the register.
    enum Name {
        static let validFrom = "validFrom"
        /// The day of which the form shows the figures.
        static let on = "on"
        /// The figures that the form was filled from, as a query.
        static let seen = "seen"
        static let confirmed = "confirmed"
        static let reason = "reason"
    }

    static let reasonLength = 200

    let values: FormValues
    let seen: FacilityDraft.Seen

    /// A form as it comes back. What it was filled from travels along; without it nothing counts as seen.
    package init(submitted values: FormValues, today: LocalDate) {
        self.values = values
        var record = FacilityRecord()
        for (name, text) in URLCoding.parse((values[Name.seen] ?? "").utf8)?.pairs ?? [] {
            if let field = FacilityField.named(name), let value = Double(text), value.isFinite { record[field] = value }
        }
        let on = values.text(Name.on).flatMap { LocalDate(iso: $0) } ?? today
        seen = FacilityDraft.Seen(record: record, on: min(on, today))
    }

    /// A form filled with what is known on a day.
    package init(showing record: FacilityRecord, on day: LocalDate) {
        seen = FacilityDraft.Seen(record: record, on: day)
        var pairs: [(name: String, value: String)] = [(Name.validFrom, day.iso)]
        for field in FacilityField.asked { pairs.append((field.id, record[field].map(field.formText) ?? "")) }
        values = FormValues(pairs)
    }

    /// The same input upon newer figures: what was typed stays, untouched fields show what is known now.
    package func rebased(on record: FacilityRecord) -> FacilityForm {
        let fresh = FacilityForm(showing: record, on: seen.on)
        var values = self.values
        for field in FacilityField.asked where !isTouched(field) {
            values = values.replacing(field.id, with: fresh.values[field.id])
        }
        return FacilityForm(values: values, seen: fresh.seen)
    }

    private init(values: FormValues, seen: FacilityDraft.Seen) { (self.values, self.seen) = (values, seen) }

    /// For the hidden field.
    var seenText: String {
        let told = FacilityField.all.compactMap { field in
            seen.record[field].map { (name: field.id, value: FacilityField.plain($0)) }
        }
        return FormValues(told).encoded
    }

    /// What the person wants to tell, and what cannot be read.
    package func read() -> (draft: FacilityDraft, problems: [FieldProblem]) {
        var problems: [FieldProblem] = []
        var changes = FacilityRecord()
        for field in FacilityField.asked {
            switch reading(of: field) {
            case .untouched: continue
            case .value(let value): changes[field] = value
            case .problem(let message): problems.append(FieldProblem(field: field.id, message: message))
            }
        }
        let day = values.text(Name.validFrom).flatMap { LocalDate(iso: ChineseText.normalised($0)) }
        if day == nil {
            problems.append(FieldProblem(field: Name.validFrom, message: "填写起始日期，格式如 2015-09-30。"))
        }
        let reason = values.text(Name.reason)
        if let reason, reason.count > FacilityForm.reasonLength {
            problems.append(
                FieldProblem(field: Name.reason, message: "原因不能超过 \(FacilityForm.reasonLength) 个字。"))
        }
        let isConfirmed = values[Name.confirmed] == "1"
        let draft = FacilityDraft(
            changes: changes, validFrom: day ?? seen.on, seen: seen, reason: isConfirmed ? reason : nil)
        return (draft, problems)
    }

    private enum Reading {
        case untouched
        case value(Double)
        case problem(String)
    }

    private func isTouched(_ field: FacilityField) -> Bool {
        if case .untouched = reading(of: field) { false } else { true }
    }

    /// A blank field tells nothing. A known value cannot be blanked: the register keeps what was true until told better.
    private func reading(of field: FacilityField) -> Reading {
        guard let text = values[field.id] else { return .untouched }
        let known = seen.record[field]
        if text.isEmpty {
            guard let known else { return .untouched }
            let isChoice = field.kind == .code || field.kind == .yesNo
            let advice = isChoice ? "请选择现在的情况。" : "如确实不再适用请填 0。"
            return .problem("\(field.shortLabel)原值 \(field.text(known))，\(advice)")
        }
        switch FacilityForm.value(of: text, field) {
        case .value(let value): return value == known ? .untouched : .value(value)
        case .absent: return .untouched
        case .refused(let message): return .problem(message + "。")
        }
    }

    /// The value behind a text, by the rules of the workbooks: full-width digits, `10M`, `1,024 台`. Codes come as code,
    /// word or both.
    static func value(of text: String, _ field: FacilityField) -> CellReading {
        if field.kind == .code {
            if let number = field.number(ofCode: text) { return .value(number) }
        }
        return CellReading.figure(SheetCell(column: 0, text: text), field)
    }
}

extension FacilityField {
    /// The value as a form shows it: codes as code, yes and no as 1 and 0, money in yuan.
    func formText(_ value: Double) -> String {
        switch kind {
        case .code: code(numbered: value)?.code ?? ""
        case .yesNo: value == 0 ? "0" : "1"
        case .count, .bandwidth, .money: text(value)
        }
    }
}
