/// What the audit log's events of the provider are called on pages.
package enum OpenIDAuditWords {
    package static let titles = [
        "application.client_refused": "应用密钥不正确", "application.code_refused": "授权码被拒绝",
        "application.machine_token": "领取机器接口令牌",
        "application.consent_given": "授权应用",
        "application.consent_withdrawn": "取消应用授权", "application.signing_keys_replaced": "立即更换签名密钥",
        "application.signing_keys_rotated": "更换签名密钥",
        "application.refresh_refused": "刷新令牌被拒绝",
    ]
}
