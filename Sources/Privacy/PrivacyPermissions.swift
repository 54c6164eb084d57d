import Kernel

extension Permission {
    /// Read who looked at whose sealed data, and who exported them.
    package static let lookReview: Permission = "privacy.look.review"
    /// Answer what people ask about their own data.
    package static let requestHandle: Permission = "privacy.request.handle"
    /// Count and delete what has been kept long enough.
    package static let retentionRun: Permission = "privacy.retention.run"
    /// See how consents stand, and enter what was signed on paper; a class teacher does so for her class without it.
    package static let consentManage: Permission = "privacy.consent.manage"
    /// Say what people are asked for, and in which words.
    package static let purposeEdit: Permission = "privacy.purpose.edit"
}
