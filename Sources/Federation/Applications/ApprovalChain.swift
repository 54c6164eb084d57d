import Database
import Directory
import Kernel

/// 审批环节: whose turn it is to decide.
package enum ApprovalStep: String, Column, Sendable {
    case school, county, city

    package var title: String {
        switch self {
        case .school: "学校审批"
        case .county: "县(市、区)审批"
        case .city: "市局审批"
        }
    }
}

/// Who decides on an application of which level, one after the other.
struct ApprovalChain: Sendable {
    let steps: [ApprovalStep]
    private let owner: OrganisationPath
    private let county: OrganisationPath

    init(_ level: ApplicationLevel, owner: OrganisationPath, county: OrganisationPath) {
        switch level {
        case .school: steps = [.school, .county]
        case .county: steps = [.county]
        case .national, .province, .city, .personal: steps = [.city]
        }
        (self.owner, self.county) = (owner, county)
    }

    init(_ level: ApplicationLevel, owner: OrganisationPath, on db: Connection) throws {
        let above = try OrganisationStore(db).lineage(of: owner)
        let unit = above.first { $0.kind == .county || $0.kind == .municipal }
        self.init(level, owner: owner, county: unit?.path ?? .city)
    }

    /// Where the right to decide must be held, or above it.
    func place(of step: ApprovalStep) -> OrganisationPath {
        switch step {
        case .school: owner
        case .county: county
        case .city: .city
        }
    }

    /// Where the last word is spoken: by whom the application may also be suspended.
    var authority: OrganisationPath { place(of: steps[steps.count - 1]) }

    /// Where it begins. What an owner's own administrator hands in need not be approved by her organisation again; the
    /// last step is nobody's to leave out.
    func first(for user: CurrentUser) -> ApprovalStep {
        for step in steps.dropLast() {
            let place = place(of: step)
            let speaksForPlace = user.grants.contains {
                $0.path == place && $0.permissions.contains(.applicationApprove)
            }
            if !speaksForPlace { return step }
        }
        return steps[steps.count - 1]
    }

    func next(after step: ApprovalStep) -> ApprovalStep? {
        steps.firstIndex(of: step).flatMap { $0 + 1 < steps.count ? steps[$0 + 1] : nil }
    }

    /// Whether the step is the user's by her office. On what she handed in herself nobody decides.
    func mayDecide(_ step: ApprovalStep, _ user: CurrentUser) -> Bool {
        user.may(.applicationApprove, at: place(of: step))
    }
}
