/// What the audit log's events on applications are called on pages.
package enum ApplicationAuditWords {
    package static let titles = [
        "application.amended": "提交应用变更", "application.amendment_approved": "通过应用变更",
        "application.amendment_sent_back": "退回应用变更", "application.approved": "通过接入申请",
        "application.changed": "修改应用", "application.created": "登记应用", "application.exported": "导出应用",
        "application.key_revoked": "停用应用密钥", "application.keys_issued": "领取应用密钥",
        "application.keys_rotated": "更换应用密钥", "application.resumed": "恢复应用", "application.retired": "终止应用",
        "application.sent_back": "退回接入申请", "application.submitted": "提交接入申请", "application.suspended": "暂停应用",
        "application.taken_over": "接管应用", "application.withdrawn": "撤回申请",
    ]
}
