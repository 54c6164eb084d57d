import Database
import Foundation
import Kernel
import Media
import Platform
import Web

/// `/schools/:id/light-pack`: what the classes of a school need on a day, within its budget of bytes.
struct LightPackRoutes: Sendable {
    let database: Database
    let uploads: MediaUploads
    let workFolder: String
    let review: ReviewOffice
    let office: LessonOffice
    private let desk = ArchiveDesk()

    func add(to routes: inout Routes) {
        let root = "/schools/:id/light-pack"
        routes.get(root, access: .can(.classView)) { try await show($0) }
        routes.post(root, access: .can(.periodEdit), change)
        routes.get(root + "/manifest", access: .can(.classView), manifest)
        routes.get(root + "/archive", access: .can(.classView), archive)
    }

    /// The day of the address, or the next one on which school is: what is fetched tonight.
    private func day(_ request: WebRequest) -> LocalDate {
        if let asked = request.query.text("day").flatMap({ LocalDate(iso: $0) }) { return asked }
        let today = office.now().day
        return (1...Push.furthest).map { today.adding(days: $0) }.first(where: office.schoolDays.isSchoolDay) ?? today
    }

    private func load(_ request: WebRequest) async throws -> SchoolDayPack {
        let user = try request.user, id: OrganisationID = try request.id("id"), day = day(request), review = review
        return try await database.read(snapshot: true) { try SchoolDayPack(id, on: day, for: user, review, $0) }
    }

    private func show(_ request: WebRequest, problems: [FieldProblem] = []) async throws -> WebResponse {
        let pack = try await load(request), user = try request.user
        let page = LightPackPages.show(
            pack, mayEdit: user.may(.periodEdit, at: pack.school.path), request.form, problems, request.page)
        return .html(page, status: problems.isEmpty ? 200 : 422)
    }

    @Sendable private func change(_ request: WebRequest) async throws -> WebResponse {
        let user = try request.user, id: OrganisationID = try request.id("id"), now = office.now()
        let address = request.remoteAddress, megabytes = Int(request.form["megabytes"] ?? "")
        do {
            try await database.write { db in
                try LightPackService(db, by: user, address: address, now: now).setBudget(megabytes, of: id)
            }
        } catch DomainError.invalid(let problems) {
            return try await show(request, problems: problems)
        }
        return .redirect(LightPackPages.path(id), flash: Flash(.done, "已保存"))
    }

    @Sendable private func manifest(_ request: WebRequest) async throws -> WebResponse {
        .json(try LightManifest(try await load(request)).json)
    }

    @Sendable private func archive(_ request: WebRequest) async throws -> WebResponse {
        let user = try request.user, pack = try await load(request), now = office.now()
        let address = request.remoteAddress, manifest = LightManifest(pack)
        guard desk.begin(user.person) else { throw DomainError.conflict("轻量包正在制作，请等这一份下载完再试。") }
        defer { desk.end(user.person) }
        let target = "\(workFolder)/light-\(Identifiers.next()).zip"
        var isHandedOver = false
        defer { if !isHandedOver { unlink(target) } }
        var found: [String: String] = [:]
        for file in manifest.files where found[file.rendition.sha256] == nil {
            // What is nowhere is left out of the archive.
            do {
                found[file.rendition.sha256] = try await uploads.localPath(of: file.rendition.sha256)
            } catch DomainError.notFound { continue }
        }
        let places = found
        try await SheetRowFeed.onThread { try manifest.write(to: target) { places[$0] ?? "" } }
        try await database.write { db in
            try LightPackService(db, by: user, address: address, now: now).noteDownload(pack)
        }
        isHandedOver = true
        let name = "\(pack.school.name)-\(pack.day.iso)-轻量包.zip"
        return .download(path: target, name: name, contentType: "application/zip", temporary: true)
    }
}
