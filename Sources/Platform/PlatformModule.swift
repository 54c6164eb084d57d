import Database

/// Services that many contexts use: audit, events, jobs, files, settings, repeated requests, sheets, documents, crypto.
package enum PlatformModule {
    package static let migrations: [Migration] = [
        Migration(
            "platform/0001-services",
            AuditSchema.statements + EventSchema.statements + JobSchema.statements + FileSchema.statements
                + SettingSchema.statements + RepeatedRequestSchema.statements),
        Migration("platform/0002-deeds", RepeatedRequestSchema.deeds),
    ]
}
