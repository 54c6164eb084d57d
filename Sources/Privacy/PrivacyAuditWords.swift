/// Events of the protection of personal data in words, for the audit log; those of the directory's looks too.
package enum PrivacyAuditWords {
    package static let titles = [
        "person.looked": "查看完整信息", "person.exported": "导出个人信息", "person.erased": "删除个人信息",
        "person.ties_erased": "解除绑定和授权", "privacy.looks_exported": "导出查看记录", "privacy.copy_asked": "制作个人信息副本",
        "privacy.copy_fetched": "下载个人信息副本", "privacy.request_made": "提交权利请求",
        "privacy.request_answered": "答复权利请求", "privacy.retention_counted": "清点到期记录",
        "privacy.retention_confirmed": "确认删除到期记录", "privacy.retention_deleted": "删除到期记录",
        "privacy.hold_set": "保全记录", "privacy.hold_ended": "解除保全", "privacy.minors_report_exported": "导出未成年人报告",
        "privacy.incident_entered": "登记安全事件",
        "consent.given": "同意使用信息", "consent.refused": "不同意使用信息", "consent.withdrawn": "撤回同意",
        "consent.purpose_published": "公布征求事项", "consent.purpose_ended": "停止征求事项",
    ]
}
