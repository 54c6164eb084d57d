/// What the audit log's events on rosters are called on pages.
package enum RosterAuditWords {
    package static let titles = [
        "person.merged": "合并人员", "person.merge_undone": "撤销人员合并", "duplicate.decided": "核对疑似重复",
        "duplicate.reopened": "撤销核对结论", "roster.export_ordered": "要求导出花名册", "roster.exported": "导出花名册",
        "roster.export_fetched": "下载花名册", "roster.compared": "核对名册差异", "roster.difference_taken": "下载差异报告",
        "template.loaded": "上传导出模板", "template.changed": "修改导出模板", "template.activated": "启用导出模板",
        "template.withdrawn": "停用导出模板",
        "roster.import_uploaded": "上传花名册", "roster.import_accepted": "接受花名册导入",
        "roster.import_discarded": "放弃花名册导入", "roster.import_undone": "撤销花名册导入",
        "roster.refused_downloaded": "下载退回的行", "roster.classes_uploaded": "上传班级名单",
        "roster.classes_accepted": "接受班级名单", "roster.classes_undone": "撤销班级名单", "roster.classes_discarded": "放弃班级名单",
    ]
}
