/// The word for each tone, as pictures and their tables say it.
enum ChartWords {
    static func state(_ tone: Tone) -> String {
        switch tone {
        case .ok: "达标"
        case .warn: "部分达标"
        case .bad: "未达标"
        case .muted: "无数据"
        case .info: ""
        }
    }
}
