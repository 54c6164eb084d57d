import Kernel

extension Permission {
    package static let auditView: Permission = "platform.audit.view"
    package static let auditVerify: Permission = "platform.audit.verify"
    package static let auditExport: Permission = "platform.audit.export"
    package static let jobView: Permission = "platform.job.view"
}
