/// The events of the exchange in words.
package enum ExchangeAuditWords {
    package static let titles = [
        "exchange.staff_added": "对方系统登记教职工", "exchange.staff_changed": "对方系统更新教职工",
        "exchange.group_added": "对方系统建组", "exchange.group_changed": "对方系统改组", "exchange.group_removed": "对方系统删组",
        "exchange.sensitive_pulled": "接口读取敏感信息", "exchange.facts_pushed": "接口更新人员信息",
        "exchange.receiver_added": "登记接收系统", "exchange.receiver_paused": "停用接收系统",
        "exchange.receiver_resumed": "启用接收系统", "exchange.owner_named": "指定数据归口", "exchange.owner_ended": "取消数据归口",
        "exchange.partner_added": "登记交换伙伴", "exchange.partner_changed": "修改交换伙伴", "exchange.partner_paused": "停用交换伙伴",
        "exchange.partner_resumed": "启用交换伙伴", "exchange.file_ordered": "要求写出文件", "exchange.file_written": "写出交换文件",
        "exchange.file_expired": "删除无人取走的文件",
        "exchange.file_refused": "未接收交换文件", "exchange.file_accepted": "接受交换文件", "exchange.file_discarded": "放弃交换文件",
        "exchange.file_undone": "撤销交换文件", "exchange.bundle_uploaded": "上传名册包", "exchange.bundle_refused": "未接收名册包",
        "exchange.bundle_accepted": "接受名册包", "exchange.bundle_discarded": "放弃名册包", "exchange.bundle_undone": "撤销名册包",
        "exchange.bundle_written": "导出名册包", "exchange.results_erased": "删除其他系统登记的个人信息",
    ]
}
