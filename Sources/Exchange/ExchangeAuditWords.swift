/// The events of the exchange in words.
package enum ExchangeAuditWords {
    package static let titles = [
        "exchange.staff_added": "对方系统登记教职工", "exchange.staff_changed": "对方系统更新教职工",
        "exchange.group_added": "对方系统建组", "exchange.group_changed": "对方系统改组", "exchange.group_removed": "对方系统删组",
        "exchange.sensitive_pulled": "接口读取敏感信息", "exchange.facts_pushed": "接口更新人员信息",
        "exchange.receiver_added": "登记接收系统", "exchange.receiver_paused": "停用接收系统",
        "exchange.receiver_resumed": "启用接收系统", "exchange.owner_named": "指定数据归口", "exchange.owner_ended": "取消数据归口",
    ]
}
