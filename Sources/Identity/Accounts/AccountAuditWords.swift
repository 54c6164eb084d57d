/// What the audit log's events on accounts are called on pages.
package enum AccountAuditWords {
    package static let titles = [
        "account.activated": "激活账号",
        "account.activation_failed": "激活失败", "account.card_printed": "打印登录卡", "account.closed": "注销账号",
        "account.code_given": "生成激活码", "account.created": "新建账号",
        "account.idled": "长期不用自动停用", "account.transferred": "办理调动", "account.exported": "导出账号",
        "account.locked": "账号锁定",
        "account.factor_failed": "两步验证失败", "account.factor_given": "通过两步验证",
        "account.factor_removed": "重置两步验证", "account.factor_set": "启用两步验证",
        "account.recovery_code_used": "使用恢复码", "account.recovery_codes_renewed": "重新生成恢复码",
        "account.password_changed": "修改密码", "account.password_reset": "重置密码", "account.resumed": "恢复账号",
        "account.role_ended": "结束角色", "account.guardian_roles": "家长角色随孩子变动", "account.roles_ended": "随离校结束角色",
        "account.roles_given_back": "恢复离校时结束的角色", "account.role_granted": "增加角色", "account.session_ended": "退出其他设备",
        "account.sign_in_failed": "登录失败", "account.signed_in": "登录", "account.signed_out": "退出",
        "account.suspended": "停用账号", "account.token_issued": "新建令牌", "account.token_revoked": "停用令牌",
        "account.unlocked": "解除锁定", "account.wechat_bound": "绑定微信", "account.wechat_failed": "微信登录失败",
        "account.wechat_unbound": "解除微信绑定",
    ]
}
