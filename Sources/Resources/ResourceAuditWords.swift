/// The deeds of this context in the audit log, in words.
package enum ResourceAuditWords {
    package static let titles = [
        "catalogue.uploaded": "上传教材目录", "catalogue.accepted": "接受教材目录", "catalogue.discarded": "放弃教材目录",
        "catalogue.undone": "撤销教材目录", "edition.chosen": "选用教材版本", "edition.unchosen": "取消选用教材版本",
        "resource.created": "新建资源", "resource.changed": "修改资源", "resource.files_added": "添加资源文件",
        "resource.file_removed": "移除资源文件", "resource.submitted": "提交资源", "resource.withdrawn": "撤回资源",
        "resource.passed": "审核通过", "resource.refused": "审核不予通过", "resource.promoted": "进入上一级资源库",
        "resource.review_claimed": "认领审核", "resource.review_released": "放弃认领", "words.changed": "修改检查词表",
        "resource.reported": "举报资源", "resource.appealed": "申诉下架", "resource.case_decided": "处理举报或申诉",
        "call.opened": "发起征集", "call.changed": "修改征集", "call.closed": "结束征集", "call.covered": "征集已征齐",
        "call.expired": "征集到期", "resource.published": "发布资源", "resource.returned": "退回资源",
        "resource.taken_down": "下架资源",
        "resource.restored": "恢复资源", "resource.archive_fetched": "下载资源存档", "resource.erased": "删除资源草稿",
        "resource.author_erased": "去掉资源草稿的署名",
    ]
}
