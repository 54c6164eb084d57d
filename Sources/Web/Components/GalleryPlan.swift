/// The part of the gallery that shows a clause of the living plan with its rail.
enum GalleryPlan {
    static var example: HTML {
        #"""
        <div class="plan">
        <section class="clause"><div class="clause-text"><h2>一、样例章</h2>
        <p>这一条没有指标，旁边是空的。条文按公文排版：首行缩进两个字，两端对齐，一行不超过四十四个字。</p></div></section>
        <section class="clause"><div class="clause-text"><h3>（一）样例条</h3>
        <p>到2017年，全市各级各类学校基本实现宽带网络接入，城镇以上中小学班均出口带宽不低于四兆，有条件的教学点接入宽带。\#
        学校新建多媒体教室优先满足农村学校和教学点，设备日常使用情况按学期公布。</p></div>
        <div class="rail">\#(line(.ok, "达标", "宽带接入率", "97.30%", "≥ 95%"))\#
        \#(line(.bad, "未达标", "班均出口带宽达标的学校", "41.03%", "≥ 90%"))\#
        \#(line(.muted, "无数据", "教学点数字教育资源全覆盖", "—", "100%"))</div></section>
        </div>
        """#
    }

    private static func line(
        _ tone: Tone, _ word: String, _ title: String, _ value: String, _ goal: String
    ) -> HTML {
        #"""
        <details class="target-line"><summary>\#(UI.light(tone, word))<span class="target-title">\#(title)</span>\#
        <span class="target-value">\#(value)</span><span class="target-due">2016年底应达 80%</span>\#
        <span class="target-threshold">目标 \#(goal)</span></summary>\#
        <div class="target-more"><p>里程碑 2016 年 80%，上次快照 95.20%。</p>\#
        <p><a href="/">查看各县区和未达标的学校</a></p></div></details>
        """#
    }
}
