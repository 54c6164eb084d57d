import Contracts
import Database
import Directory
import Kernel
import Media
import Platform
import Web

/// 资源: the textbook tree and what teachers make for its lessons.
package struct ResourcesModule: Sendable {
    package static let migrations: [Migration] = [
        Migration("resources/0001-textbooks", TextbookSchema.statements),
        Migration("resources/0002-catalogues", CatalogueSchema.statements),
        Migration("resources/0003-editions", EditionSchema.statements),
        Migration("resources/0004-items", ItemSchema.statements),
        Migration("resources/0010-search", SearchSchema.statements),
        Migration("resources/0011-saved-searches", SavedSearchSchema.statements),
        Migration("resources/0015-reviews", ReviewSchema.statements + ReviewCheckSchema.statements),
        Migration("resources/0016-cases", CaseSchema.statements),
        Migration("resources/0017-calls", CallSchema.statements),
        Migration("resources/0020-periods", PeriodSchema.statements),
        Migration("resources/0021-pushes", PushSchema.statements),
        Migration("resources/0022-openings", OpeningSchema.statements),
        Migration("resources/0023-light-packs", LightBudget.statements),
        Migration("resources/0024-class-terms", ClassTermSchema.statements),
        Migration("resources/0025-item-lists", ItemSchema.lists),
        Migration("resources/0026-catalogue-trees", CatalogueSchema.trees),
        Migration("resources/0030-open-items", OpenItemSchema.statements),
        Migration("resources/0031-sites", SiteSchema.statements),
        Migration("resources/0032-site-news", SiteSchema.news),
        Migration("resources/0033-collections", CollectionSchema.statements),
        Migration("resources/0035-public-records", PublicRecordSchema.statements),
        Migration("resources/0036-harvests", HarvestSchema.statements),
        Migration("resources/0037-external", ExternalSchema.statements),
        Migration("resources/0038-link-sheets", LinkSheetSchema.statements),
        Migration("resources/0039-folders", FolderSchema.statements),
        Migration("resources/0040-contributions", ContributionSchema.statements + ContributionSchema.naming),
        Migration("resources/0041-year-tasks", YearTaskSchema.statements),
        Migration("resources/0042-samples", SampleSchema.statements),
        Migration("resources/0043-visitor-reports", VisitorReportSchema.statements),
        Migration("resources/0044-next-authors", NextAuthorSchema.statements),
        Migration("resources/0045-archive-orders", ArchiveOrderSchema.statements),
        Migration("resources/0046-contribution-sums", ContributionSums.schema),
        Migration("resources/0047-review-areas", ReviewAreaSchema.statements),
        Migration("resources/0048-named-items", ItemSchema.named),
        Migration("resources/0049-harvest-bounds", HarvestSchema.bounds),
        Migration("resources/0050-use-slots", OpeningSchema.slots),
        Migration("resources/0052-narrowed-desks", ReviewSchema.narrowedDesks),
        Migration("resources/0053-textbook-keys", TextbookSchema.keys),
        Migration("resources/0054-harvest-patience", HarvestSchema.patience),
    ]

    /// Columns that name people and follow when two records of one person become one.
    package static let personColumns: [PersonColumn] = [
        PersonColumn("resources_item_author", "person_id", name: "resources_item_author.person_id"),
        PersonColumn("resources_saved_search", "person_id", name: "resources_saved_search.person_id"),
        PersonColumn("resources_item_writer", "person_id", name: "resources_item_writer.person_id"),
        PersonColumn("resources_item_pupil", "person_id", name: "resources_item_pupil.person_id"),
        PersonColumn("resources_next_author", "person_id", name: "resources_next_author.person_id"),
        PersonColumn("resources_archive_order", "person_id", name: "resources_archive_order.person_id"),
        PersonColumn("resources_folder", "person_id", name: "resources_folder.person_id"),
        PersonColumn("resources_push", "sender_id", name: "resources_push.sender_id", mayExpire: true),
        PersonColumn("resources_unnamed", "person_id", name: "resources_unnamed.person_id"),
    ]

    /// Columns that keep contents.
    package static let contentColumns = [
        ContentColumn("resources_catalogue", "file_id", .file, name: "resources_catalogue.file_id"),
        ContentColumn("resources_item_file", "file_id", .file, name: "resources_item_file.file_id"),
        ContentColumn("resources_archive_part", "sha256", .hash, name: "resources_archive_part.sha256"),
        ContentColumn("resources_link_sheet", "file_id", .file, name: "resources_link_sheet.file_id"),
        ContentColumn("resources_folder", "file_id", .file, name: "resources_folder.file_id"),
    ]

    let database: Database
    let files: FileStore
    let uploads: MediaUploads
    let workFolder: String
    /// Keeps what is searched up to the records.
    package let searchIndexing: SearchIndexing
    /// What reviewing needs of other contexts.
    package let office: ReviewOffice
    /// Keeps what other platforms may harvest up to the records.
    package let publicRecords: PublicRecords
    let interchange: Interchange
    /// What sending to classes and opening in class need of other contexts.
    package let lessons: LessonOffice
    let address: SiteAddress
    private let reader: any ContentReader

    /// - Parameter workFolder: where archives stand until they are sent; cleared when the server starts.
    package init(
        database: Database, files: FileStore, uploads: MediaUploads, workFolder: String, office: ReviewOffice,
        lessons: LessonOffice, interchange: Interchange, address: SiteAddress
    ) {
        (self.database, self.files, self.uploads, self.workFolder) = (database, files, uploads, workFolder)
        (self.office, self.lessons, self.interchange, self.address) = (office, lessons, interchange, address)
        publicRecords = PublicRecords(database: database, consent: office.consent)
        reader = ProcessedReader(database: database, uploads: uploads)
        searchIndexing = SearchIndexing(database: database, texts: ItemTexts(database: database))
    }

    package var jobs: [JobHandler] {
        [
            ReviewCheckJob(database: database, reader: reader).handler,
            ArchiveJob(database: database, files: files, uploads: uploads, workFolder: workFolder).handler,
        ]
    }

    /// Jobs that mostly wait for other platforms.
    package var errands: [JobHandler] {
        [
            HarvestJob(database: database, outbound: interchange.outbound).handler,
            LinkCheckJob(outbound: interchange.outbound).handler,
        ]
    }

    /// What has to be done from time to time; safe to run at any moment.
    package func tend() async throws {
        let database = database, office = office
        try await Tending.each([
            { try await ReviewTending(database: database, office: office).run() },
            { try await Interchange.tend(database) },
        ])
    }

    package func routes() -> [Route] {
        var routes = Routes(module: "resources")
        TextbookRoutes(database: database, consent: office.consent).add(to: &routes)
        CatalogueRoutes(database: database, files: files).add(to: &routes)
        EditionRoutes(database: database).add(to: &routes)
        SearchRoutes(database: database, consent: office.consent).add(to: &routes)
        let items = ItemRoutes(database: database, uploads: uploads, office: office, address: address)
        items.add(to: &routes)
        ItemEditRoutes(database: database, uploads: uploads).add(to: &routes)
        ItemFileRoutes(database: database, uploads: uploads, office: office, items: items).add(to: &routes)
        ReviewRoutes(database: database, office: office, items: items).add(to: &routes)
        CaseRoutes(database: database, office: office).add(to: &routes)
        CallRoutes(database: database, office: office).add(to: &routes)
        CheckRoutes(database: database, reader: reader).add(to: &routes)
        ArchiveRoutes(database: database, uploads: uploads, workFolder: workFolder).add(to: &routes)
        CoverageRoutes(database: database).add(to: &routes)
        addInterchange(to: &routes)
        BellRoutes(database: database, now: lessons.now).add(to: &routes)
        PushRoutes(database: database, review: office, office: lessons).add(to: &routes)
        LessonRoutes(database: database, review: office, office: lessons).add(to: &routes)
        LightPackRoutes(
            database: database, uploads: uploads, workFolder: workFolder, review: office, office: lessons
        ).add(to: &routes)
        ContributionRoutes(database: database).add(to: &routes)
        YearTaskRoutes(database: database).add(to: &routes)
        ReviewAreaRoutes(database: database, office: office).add(to: &routes)
        SampleRoutes(database: database, office: office).add(to: &routes)
        addSites(items, to: &routes)
        return routes.all
    }

    /// What stands before everybody, and what other sites and programs take from it.
    private func addSites(_ items: ItemRoutes, to routes: inout Routes) {
        SiteRoutes(database: database, office: office, address: address).add(to: &routes)
        SiteNewsRoutes(database: database, address: address).add(to: &routes)
        CollectionRoutes(database: database, office: office, address: address).add(to: &routes)
        SchoolResourceRoutes(database: database, items: items, address: address).add(to: &routes)
        FeedRoutes(database: database, address: address).add(to: &routes)
        EmbedRoutes(database: database, address: address).add(to: &routes)
        SitemapRoutes(database, address).add(to: &routes)
    }

    /// What is found in files is searched with their resources and compared with others.
    package var receivers: [EventReceiver] {
        let indexing = searchIndexing, traces = TraceKeeping(database: database)
        let notices = FileNotices(database: database)
        return [
            EventReceiver(MediaProcessed.self) { try await indexing.textArrived($0.sha256) },
            EventReceiver(MediaProcessed.self) { try await traces.arrived($0.sha256) },
            EventReceiver(MediaProcessed.self) { try await notices.arrived($0) },
            EventReceiver(MediaPicturesHashed.self) { try await traces.arrived($0.sha256) },
        ]
    }

    /// What the page of a class links to.
    package static let classPage = RelatedPage<RelatedClass>(
        "资源和课堂使用", path: { LessonPages.path(ofClass: $0.classGroup.id) },
        isOpen: { $1.may(.classView, at: $0.classGroup.path) })

    /// What the pages of children show besides.
    package static func childPanels(_ review: ReviewOffice, _ lessons: LessonOffice) -> [any ChildPanelSource] {
        [LessonChildPanel(review: review, today: { lessons.now().day })]
    }

    /// What a school's page shows of its lessons.
    package static func schoolPanels(_ database: Database, _ review: ReviewOffice) -> [any SchoolPanelSource] {
        [LessonSchoolPanel(database: database), SchoolResourcePanel(database: database, consent: review.consent)]
    }

    /// What waits for a pupil on the page she begins with.
    package static func today(_ review: ReviewOffice, _ lessons: LessonOffice) -> [any TodaySource] {
        [LessonToday(review: review, today: { lessons.now().day })]
    }

    package var personalData: ResourcesPersonalData { ResourcesPersonalData(database: database) }

    /// Imports a catalogue and accepts it at once, for an installation that comes with one.
    package func installCatalogue(at path: String, name: String, year: Int, by actor: AuditActor) async throws {
        let service = CatalogueService(database: database, files: files)
        let id = try await service.start(
            CatalogueService.Upload(path: path, name: name, year: year, isComplete: true), by: actor)
        let digest = try await database.read { try CatalogueStore($0).find(id).digest }
        _ = try await service.accept(id, digest: digest, by: actor)
    }

    /// Sends resources of a lesson to every class of its grade below a place, for the next school day; for an installation
    /// that comes with some. Throws `DomainError.invalid` where there is no such class.
    package func send(
        _ items: [ID<Item>], on code: String, toGradeBelow place: OrganisationID, by user: CurrentUser
    ) async throws {
        let office = lessons, now = lessons.now()
        let next = (1...Push.furthest).map { now.day.adding(days: $0) }.first(where: office.schoolDays.isSchoolDay)
        guard let next else { return }
        _ = try await database.write { db in
            guard let node = try TextbookStore(db).node(code: code) else { throw DomainError.notFound }
            return try PushService(db, by: user, now: now, office: office).send(
                items, for: node.id, toGradeBelow: place, on: next)
        }
    }

    /// Says which edition a place uses from a school year on; for an installation that comes with choices. Part of the
    /// caller's transaction.
    package static func choose(
        _ key: TextbookKey, at organisation: OrganisationID, from year: Int, by actor: AuditActor, now: Timestamp,
        on db: Connection
    ) throws {
        try EditionChoiceStore(db).set(key, at: organisation, from: year, by: actor.name, now: now)
    }
}
