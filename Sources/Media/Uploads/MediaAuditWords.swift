/// The events of uploads as the audit page says them.
package enum MediaAuditWords {
    package static let titles = ["upload.infected": "上传的文件含有病毒", "upload.unchecked": "上传的文件一直没有检查完"]
}
