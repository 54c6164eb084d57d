/// The events of uploads as the audit page says them.
package enum MediaAuditWords {
    package static let titles = ["upload.infected": "上传的文件含有病毒"]
}
