/// What the audit log's events on entering and leaving applications are called on pages, whatever the protocol.
package enum SignOnAuditWords {
    package static let titles = [
        "application.entered": "进入应用", "application.sign_out_told": "通知应用退出", "application.ticket_refused": "拒绝票据",
    ]
}
