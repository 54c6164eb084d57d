/// What the audit log's events on accounts are called on pages.
package enum AccountAuditWords {
    package static let titles = [
        "account.created": "新建账号", "account.exported": "导出账号", "account.locked": "账号锁定",
        "account.password_changed": "修改密码", "account.password_reset": "重置密码", "account.resumed": "恢复账号",
        "account.role_ended": "结束角色", "account.role_granted": "增加角色", "account.session_ended": "退出其他设备",
        "account.sign_in_failed": "登录失败", "account.signed_in": "登录", "account.signed_out": "退出",
        "account.suspended": "停用账号", "account.token_issued": "新建令牌", "account.token_revoked": "停用令牌",
        "account.unlocked": "解除锁定",
    ]
}
