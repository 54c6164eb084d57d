import Database
import Directory
import Kernel

/// 答复: what a guardian, or the pupil herself, said to one purpose in one version. Answers are only ever added; the last
/// word of each voice counts.
package struct ConsentAnswer: Sendable {
    package enum Word: String, Column, Sendable {
        case yes, no
        /// A yes that was taken back.
        case withdrawn

        package var title: String {
            switch self {
            case .yes: "同意"
            case .no: "不同意"
            case .withdrawn: "撤回"
            }
        }
    }

    package enum Capacity: String, Column, Sendable {
        case guardian, pupil

        package var title: String { self == .guardian ? "家长" : "本人" }
    }

    package enum Channel: String, Column, Sendable {
        case page
        /// Signed on paper, entered with the class teacher as witness.
        case paper
        /// Taken back when a request to delete was granted.
        case request

        package var title: String {
            switch self {
            case .page: "网页"
            case .paper: "纸质"
            case .request: "权利请求"
            }
        }
    }

    package let id: ID<ConsentAnswer>
    package let child: ID<Person>
    package let childName: String
    package let said: ConsentWord
    /// Of a guardian whom nobody has entered, the name that she signed with on paper.
    package let giverName: String
    /// What a guardian whom nobody has entered is to the child, by her paper, as a code of `CodeLists.guardianRelation`.
    package let signerRelation: String?
    /// What makes the giver a guardian; `nil` for the pupil herself and for a guardian whom nobody has entered.
    package let guardianship: ID<Guardianship>?
    package let purpose: String
    /// The title of the version that was answered.
    package let purposeTitle: String
    package let channel: Channel
    /// When it was said: on paper, the day of the signature.
    package let decidedAt: Timestamp
    package let recordedBy: String
    /// Of a paper, the class teacher; empty otherwise.
    package let witnessName: String
}

/// An answer without its circumstances, as the rule reads it.
package struct ConsentWord: Sendable, Equatable {
    package let capacity: ConsentAnswer.Capacity
    /// `nil` for a guardian whom nobody has entered.
    package let giver: ID<Person>?
    package let version: Int
    package let word: ConsentAnswer.Word
    /// The name on the paper of a guardian whom nobody has entered; empty otherwise.
    package let signer: String
    /// Whether a school has ended or refused the guardian relation by which it was said, so that it stands for the child no
    /// more, whatever its giver is to her today. What a merge ended goes on under the relation that stayed.
    package let isOver: Bool

    package init(
        _ capacity: ConsentAnswer.Capacity, giver: ID<Person>?, version: Int, word: ConsentAnswer.Word,
        signer: String = "", isOver: Bool = false
    ) {
        (self.capacity, self.giver, self.version, self.word) = (capacity, giver, version, word)
        (self.signer, self.isOver) = (signer, isOver)
    }

    /// Whether one and the same voice said both.
    func isSameVoice(as other: ConsentWord) -> Bool {
        capacity == other.capacity && giver == other.giver && signer == other.signer
    }
}

/// What is added to the answers about a child.
struct NewConsentAnswer: Sendable {
    let child: ID<Person>
    let purpose: String
    let said: ConsentWord
    let guardianship: ID<Guardianship>?
    let channel: ConsentAnswer.Channel
    let decidedAt: Timestamp
    var witness: ID<Person>?
    /// See `ConsentAnswer.signerRelation`.
    var signerRelation: String?
    /// Of a pupil who answers herself, her age in full years, when it is known.
    var age: Int?
    /// The network address of whoever answered on a page; empty otherwise.
    var address = ""
}
