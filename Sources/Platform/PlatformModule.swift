import Database

/// Services that many contexts use: audit, events, jobs, files, settings, repeated requests, notices, sheets, documents,
/// crypto.
package enum PlatformModule {
    package static let migrations: [Migration] = [
        Migration(
            "platform/0001-services",
            AuditSchema.statements + EventSchema.statements + JobSchema.statements + FileSchema.statements
                + SettingSchema.statements + RepeatedRequestSchema.statements),
        Migration("platform/0002-deeds", RepeatedRequestSchema.deeds),
        Migration("platform/0003-notices", NoticeSchema.statements),
    ]

    /// What the services themselves tell people.
    package static let noticeKinds: [NoticeKind] = [.jobDone, .jobFailed]
}
