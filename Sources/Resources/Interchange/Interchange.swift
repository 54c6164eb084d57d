import Database
import Directory
import Kernel
import Platform
import Web

/// What interchange with other platforms needs besides the resources.
package struct Interchange: Sendable {
    let outbound: any OutboundHTTP
    let crypto: any CryptoProvider
    /// As other platforms are told.
    let siteName: String
    let contact: String

    /// - Parameter contact: an address of e-mail, or whatever the operator gave.
    package init(
        outbound: any OutboundHTTP, crypto: any CryptoProvider, siteName: String, contact: String
    ) {
        (self.outbound, self.crypto, self.siteName, self.contact) = (outbound, crypto, siteName, contact)
    }

    /// Archives that nobody accepted are kept so long, and reports of imports, in days.
    private static let keptOpen: Int64 = 30
    private static let keptReports: Int64 = 365

    /// Begins what is due and clears away what is old.
    static func tend(_ database: Database, now: Timestamp = .now) async throws {
        try await database.write { db in
            try HarvestService.tend(db, now: now)
            try LinkCheckJob.tend(db, now: now)
            try FolderStore(db).tidy(
                openBefore: now.adding(days: -keptOpen), endedBefore: now.adding(days: -keptReports))
        }
    }
}

extension ResourcesModule {
    func addInterchange(to routes: inout Routes) {
        let provider = OAIProvider(
            database: database, site: .init(name: interchange.siteName, contact: interchange.contact),
            address: address, token: OAIToken(crypto: interchange.crypto), consent: office.consent,
            now: { .now })
        OAIRoutes(provider: provider).add(to: &routes)
        ExternalRoutes(database: database).add(to: &routes)
        HarvestRoutes(database: database).add(to: &routes)
        FreeLinkRoutes(database: database, files: files).add(to: &routes)
        FolderRoutes(database: database, files: files, intake: intake).add(to: &routes)
        ExportRoutes(
            database: database, office: office, address: address, workFolder: workFolder
        ).add(to: &routes)
    }

    private var intake: FolderIntake {
        FolderIntake(database: database, uploads: uploads, office: office, workFolder: workFolder)
    }

    /// What came of a folder that was brought by command.
    package struct FolderOutcome: Encodable, Sendable {
        package struct Line: Encodable, Sendable {
            package let row: Int
            package let title: String
            /// `new`, `known`, `refused` or `taken`.
            package let result: String
            package let reasons: [String]
        }

        package let workbook: String
        package let lines: [Line]
        package let missing: [String]
        package let unused: [String]

        package func count(_ result: String) -> Int { lines.count { $0.result == result } }
    }

    /// Notes that the operator did it, and for whom.
    private func note(
        _ what: String, _ folder: String, _ plan: FolderPlan, by user: CurrentUser, at school: Organisation
    ) async throws {
        let detail = "\(what) \(folder)（\(plan.workbook)），资源归 \(user.name)（\(school.name)）：\(plan.words)"
        try await database.write {
            try AuditLog.record("folder.imported", user.person.rawValue, by: .system, at: school.path, detail, on: $0)
        }
    }

    /// Compares a folder of this machine with what there is; with `accepts`, takes it in as drafts of the user, handed in
    /// when asked.
    /// - Throws: `DomainError.invalid` when the folder or its workbook cannot be read.
    package func importFolder(
        at path: String, by user: CurrentUser, accepts: Bool, submits: Bool
    ) async throws -> FolderOutcome {
        let now = Timestamp.now
        let school = try await database.read { try ItemEditRoutes.schools(of: user, $0).first }
        guard let school else { throw DomainError.invalid("login", "这个账号不在学校编写资源") }
        let folder: PackedFolder
        do {
            folder = try await SheetRowFeed.onThread { try PackedFolder(folder: path, limits: FolderPlan.limits) }
        } catch let failure as PackedFailure { throw DomainError.invalid("file", failure.message) }
        var plan = try await intake.plan(folder, at: school.id, now: now)
        let terms = FolderIntake.Terms(isStated: submits, submits: submits)
        if accepts {
            // Before it writes anything: nobody can be sure to reach the end.
            try await note("开始导入", path, plan, by: user, at: school)
            while plan.count(.new) > 0 {
                plan = try await intake.step(plan, of: folder, at: school, terms, by: user, address: "", now: .now)
            }
            try await note("导入完成", path, plan, by: user, at: school)
        }
        return FolderOutcome(
            workbook: plan.workbook,
            lines: plan.lines.map {
                .init(row: $0.number, title: $0.title, result: $0.kind.rawValue, reasons: $0.reasons)
            }, missing: plan.missing, unused: plan.unused)
    }
}
