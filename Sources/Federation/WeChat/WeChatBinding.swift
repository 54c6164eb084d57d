import Kernel

/// 微信绑定: a person's WeChat that signs in to her account. One WeChat, one account.
struct WeChatBinding: Sendable, Equatable {
    let account: ID<Account>
    let boundAt: Timestamp
    /// When it last signed in; `nil` when never.
    let usedAt: Timestamp?
}
