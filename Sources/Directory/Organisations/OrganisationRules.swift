import Kernel

/// The rules of the tree that need no look into the database. All throw `DomainError.invalid` at the field concerned.
enum OrganisationRules {
    static func check(_ draft: OrganisationService.Draft, below parent: Organisation?, today: LocalDate) throws {
        try check(name: draft.name)
        if let parent {
            guard draft.kind.parents.contains(parent.kind) else {
                throw DomainError.invalid("parent", "\(draft.kind.title)不能建在\(parent.kind.title)下。")
            }
            if parent.closedOn != nil { throw DomainError.invalid("parent", "\(parent.name)已经撤并。") }
        } else if draft.kind != .city {
            throw DomainError.invalid("parent", "选择上级单位。")
        }
        if draft.kind.isSchool != (draft.profile != nil) { throw DomainError.invalid("schoolType", "选择办学类型。") }
        if let profile = draft.profile { try check(profile) }
        if let code = draft.code { try check(code: code) }
        if let opened = draft.openedOn { try check(day: opened, latest: nil, today: today, field: "openedOn") }
    }

    static func check(name: String) throws {
        if name.isEmpty { throw DomainError.invalid("name", "填写单位名称。") }
        if name.unicodeScalars.count > 60 { throw DomainError.invalid("name", "单位名称不能超过 60 个字。") }
    }

    static func check(code: String) throws {
        let isCode = code.utf8.allSatisfy { (0x30...0x39).contains($0) || (0x41...0x5A).contains($0) }
        if !isCode || !(2...12).contains(code.utf8.count) {
            throw DomainError.invalid("code", "标识码应为 2 到 12 位数字或大写字母。")
        }
    }

    static func check(_ profile: SchoolProfile) throws {
        guard CodeLists.schoolType[profile.schoolType] != nil, !CodeLists.schoolType.isGroup(profile.schoolType) else {
            throw DomainError.invalid("schoolType", "选择办学类型。")
        }
        if let place = profile.urbanRural {
            guard CodeLists.urbanRural[place] != nil, !CodeLists.urbanRural.isGroup(place) else {
                throw DomainError.invalid("urbanRural", "选择城乡类型。")
            }
        }
        if profile.areaOverride != nil, profile.areaOverrideReason.isEmpty {
            throw DomainError.invalid("areaOverrideReason", "填写认定的依据，如文件名称和文号。")
        }
        if profile.areaOverrideReason.unicodeScalars.count > 200 {
            throw DomainError.invalid("areaOverrideReason", "依据不能超过 200 个字。")
        }
    }

    /// Whether the organisation may be moved below `parent`.
    static func check(_ organisation: Organisation, fitsBelow parent: Organisation) throws {
        guard organisation.kind.parents.contains(parent.kind), !organisation.path.contains(parent.path) else {
            throw DomainError.invalid("parent", "\(organisation.kind.title)不能放在\(parent.name)下。")
        }
        if parent.closedOn != nil { throw DomainError.invalid("parent", "\(parent.name)已经撤并。") }
        if parent.id == organisation.parent { throw DomainError.invalid("parent", "现在就在\(parent.name)下。") }
    }

    /// - Parameter latest: the day of the last change, of the organisation or of all that change together.
    static func check(day: LocalDate, latest: LocalDate?, today: LocalDate, field: String) throws {
        if day > today { throw DomainError.invalid(field, "日期不能晚于今天（\(today.iso)）。") }
        if day < OrganisationService.always {
            throw DomainError.invalid(field, "日期不能早于 \(OrganisationService.always.iso)。")
        }
        if let latest, day < latest { throw DomainError.invalid(field, "日期不能早于上一次变更（\(latest.iso)）。") }
    }

    static func codeTaken(_ code: String) -> DomainError {
        .invalid("code", "标识码 \(code) 已被其他单位使用。")
    }
}
