import Kernel

/// Names and peoples as the region has them, so many that a whole city hardly repeats itself within a school.
enum CityNames {
    /// Of how many in a hundred; 民族 code, GB/T 3304.
    private static let peoples: [(share: Double, code: String, surnames: [String])] = [
        (0.46, "08", surnames("韦韦韦黄黄黄覃覃陆陆农农梁潘莫卢蒙岑甘闭零班凌罗何杨李")),
        (0.46, "01", surnames("陈陈陈李李王王张张刘黄黄吴杨梁林林何罗谢邓冯曾许苏郑叶钟廖唐朱彭赖谭郭江邱温包沈")),
        (0.05, "13", surnames("盘盘盘邓邓李李赵黄冯周蒋胡冼")),
        (0.03, "49", surnames("阮阮阮苏苏刘武武龚龚吴段杜黄罗裴")),
    ]
    private static let boys = surnames(
        "浩宇俊杰志强文博海涛子轩家豪伟明建华振国东旭泽凯鑫磊鹏飞辉军平勇斌超峰龙晨阳昊然奕霖睿哲皓诚毅恒远航天翔庆荣光耀祥福安康乐健思源景行永彬成材")
    private static let girls = surnames(
        "欣怡雨婷思琪佳慧晓丽美玲静雯梦瑶秀英海燕春兰诗涵紫萱雅芳艳霞红梅玉珍凤莲菊桂香敏洁倩蓉薇琳娜莹莎露珊妍语桐若曦可馨宁心悦舒然苗芸菲妮小满秋月")

    private static func surnames(_ characters: String) -> [String] { characters.map(String.init) }

    /// A name with the 民族 it comes from.
    static func draw(_ generator: inout SeededGenerator, isMale: Bool) -> (name: String, ethnicity: String) {
        var place = generator.fraction()
        let people = peoples.first { people in
            place -= people.share
            return place < 0
        }
        let found = people ?? peoples[0], given = isMale ? boys : girls
        let first = generator.pick(given), second = generator.pick(given)
        let isShort = generator.fraction() < 0.12 || first == second
        return (generator.pick(found.surnames) + first + (isShort ? "" : second), found.code)
    }
}
