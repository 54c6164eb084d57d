import Contracts

/// The purposes every city begins with, in their first words. Part of a schema step: they never change. A city that wants
/// other words publishes a new version.
enum ShippedPurposes {
    struct Purpose: Sendable {
        let code: String
        let basis: ProcessingBasis
        let isPublication: Bool
        var isWhileEnrolled = false
        let text: ConsentText
    }

    static let publishedOn = "2026-09-01"

    static let all: [Purpose] = [
        asked(
            "works", "作品展示", isPublication: true, isWhileEnrolled: true,
            aim: "把学生的作文、书画、手工、课堂作品等在学校和教育局的网站上展示，署学生的姓名、学校和年级。", data: "作品，学生的姓名、学校和年级。",
            place: "存放在市教育局的服务器。公开在学校和教育局的网站，任何人都能看到。", term: "展示到撤回为止，最长到毕业。",
            refusal: "作品照常批改、评价和参加校内活动，只是不公开。"),
        asked(
            "images", "照片影像", isPublication: true, aim: "在学校和教育局的网站上使用能认出学生的照片，在公开的录像课里出现学生的画面和声音。",
            data: "照片、录像、声音，不配姓名。", place: "存放在市教育局的服务器。公开在学校和教育局的网站，任何人都能看到。",
            term: "使用到撤回为止，录像课最长五年。", refusal: "照常上课和参加活动。公开前会把学生的画面遮住或剪去。"),
        asked(
            "space", "学习空间", isPublication: false, aim: "为学生开通网络学习空间，保存学习记录和作品，供任课教师指导。",
            data: "姓名、班级、学习记录和学生自己上传的内容。", place: "存放在市教育局的服务器。只有学生、家长和任课教师能看到。",
            term: "学习记录两年，其他内容到毕业或注销为止。", refusal: "照常上课、交作业和考试，教师用其他方式指导。"),
        asked(
            "wechat", "微信绑定", isPublication: false, aim: "把学生或家长的账号与微信绑定，用微信登录和接收提醒。", data: "微信给本平台的一串识别代码，不含昵称和头像。",
            place: "存放在市教育局的服务器，不公开。", term: "到解除绑定为止。", refusal: "照常用登录名和密码登录，通知由班主任转达。"),
        asked(
            "home-school", "家校沟通", isPublication: false, aim: "学校用手机号和站内消息向家长发通知、请假回复和单独的学习情况。",
            data: "家长姓名、与学生的关系、手机号，学生的姓名和班级。", place: "存放在市教育局的服务器。只有班主任和学校管理人员能看到。",
            term: "到学生离校为止，消息两年。", refusal: "学校改用纸质通知和电话，安全和应急的通知照常送达。"),
        asked(
            "survey", "问卷", isPublication: false, aim: "请学生或家长填写学校和教育局的问卷，用来改进教学和服务。", data: "答卷，不记名的问卷不记录是谁填的。",
            place: "存放在市教育局的服务器。公布的只有汇总结果。", term: "答卷两年，汇总结果长期。", refusal: "不填写问卷。"),
        told(
            "roll", "学籍管理", aim: "入学、编班、转学、休学、毕业等学籍业务。", data: "姓名、性别、出生日期、证件号码、民族、户籍、住址、监护人等学籍登记表的项目。",
            place: "存放在市教育局的服务器，按规定报送全国学籍系统，不公开。", term: "依照档案规定长期保存。",
            refusal: "这是学校的法定职责，不需要同意，也不能拒绝。"),
        told(
            "statistics", "义务教育统计", aim: "教育事业统计、控辍保学和学校规划。", data: "人数、性别、年级、城乡等汇总数字。",
            place: "存放在市教育局的服务器，按规定上报。公布的只有汇总数字。", term: "统计结果长期保存。", refusal: "这是教育部门的法定职责，不需要同意，也不能拒绝。"),
    ]

    private static let safety = "身份证号、电话、住址等加密保存，查看要有权限和原因，每次查看都有记录。"
    private static let complaint = "向学校的数据安全员或市教育局反映，也可以在“我的信息”里提交请求，15 个工作日内答复。"

    private static func asked(
        _ code: String, _ title: String, isPublication: Bool, isWhileEnrolled: Bool = false, aim: String,
        data: String, place: String, term: String, refusal: String
    ) -> Purpose {
        Purpose(
            code: code, basis: .consent, isPublication: isPublication, isWhileEnrolled: isWhileEnrolled,
            text: ConsentText(
                title: title,
                parts: [
                    .aim: aim, .data: data, .place: place, .term: term, .safety: safety,
                    .refusal: refusal + "不影响入学、学籍、上课和评价。",
                    .withdrawal: "随时登录后在“征求同意”里点“撤回同意”，或告诉班主任，下一次打开网页时就生效。信息有错，在“我的信息”里请求更正或删除。",
                    .complaint: complaint,
                ]))
    }

    private static func told(
        _ code: String, _ title: String, aim: String, data: String, place: String, term: String, refusal: String
    ) -> Purpose {
        Purpose(
            code: code, basis: .duty, isPublication: false,
            text: ConsentText(
                title: title,
                parts: [
                    .aim: aim, .data: data, .place: place, .term: term, .safety: safety, .refusal: refusal,
                    .withdrawal: "信息有错，在“我的信息”里请求更正。", .complaint: complaint,
                ]))
    }
}
