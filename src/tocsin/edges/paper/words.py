"""The words of the printed pages, in both languages."""

from tocsin.kernel import Words

WORDS = {name: Words(en, zh) for name, en, zh in (
    ("title", "Paper pack", "纸质应急包"),
    ("as_of", "as of", "截至"),
    ("page", "page {page} of {pages}", "第 {page} 页，共 {pages} 页"),
    ("demo", "DEMO", "演示"),
    ("sample", "SAMPLE plan", "示例预案"),
    ("sample_contacts", "SAMPLE contacts, not real numbers", "示例联系方式，并非真实号码"),
    ("incidents", "Open incidents", "未结警情"),
    ("units", "Units on duty", "在岗单位"),
    ("closures", "Roads shut", "封闭道路"),
    ("plan", "Run cards: what must go, by kind and priority", "出动卡：按类型与级别应派力量"),
    ("contacts", "Contacts", "联系方式"),
    ("rules", "Working on paper", "纸面作业要点"),
    ("none", "None.", "无。"),
    ("needs", "needs", "需要"),
    ("lacking", "STILL LACKING", "尚缺"),
    ("called", "called", "报警"),
    ("nobody", "nobody sent yet", "尚未派出"),
    ("record", "handling record", "处置反馈"), ("corrected", " (corrected)", "（更正）"), ("free_words_only", "in words, on the screen", "文字内容见系统"),
    ("left_out", "and {count} more, less pressing, that are not in this pack", "另有 {count} 起较不紧急者未列入"),
    ("no_persons", "Callers and notes are sealed and are not printed. Shred this paper when it is out of date.",
     "报警人信息与备注已加密，不予打印。过期后请碎纸销毁。"),
    ("unit", "Unit", "单位"), ("kind", "Kind", "类型"), ("state", "State", "状态"), ("since", "Since", "起始"),
    ("incident", "Incident", "警情"), ("skills", "Skills", "能力"), ("station", "Station", "驻地"),
    ("form_call", "Call and sending, on paper", "纸面接警与派警单"),
    ("form_number", "Form", "单号"), ("time_called", "Time of call", "报警时间"), ("place", "Place", "地点"),
    ("caller", "Caller, number", "报警人、电话"), ("happened", "What happened", "警情内容"), ("priority", "Priority", "级别"),
    ("sent", "sent", "派出"), ("there", "there", "到场"), ("free", "free", "待命"), ("ended", "Ended as", "处警结果"),
    ("time_ended", "Time ended", "结案时间"), ("by", "Written by", "填写人"),
    ("forms_note", "Only this desk has these numbers. Use them in order; strike a spoiled one through and keep it. "
     "When the system is back, enter each (key d): the check then says which are missing.",
     "以下单号仅供本席位使用。请按顺序填写；写错的划掉并留存。系统恢复后逐张补录（按 d 键），核对会指出缺号。"),
)}

COUNCIL = {name: Words(en, zh) for name, en, zh in (
    ("title", "Paper for the council", "布警方案说明"),
    ("sample_calls", "SAMPLE: generated calls", "示例：生成警情"),
    ("not_validated", "NOT VALIDATED", "未经校验"),
    ("foot", "Study {study}. No caller is in this paper; places with fewer than five calls are left out.", "推演编号 {study}。本文不含报警人信息；警情不足五起之处不予列示。"),
    ("question", "What was asked", "推演问题"), ("answer", "What it would do", "结果"),
    ("before", "as things are", "现状"), ("after", "as asked", "调整后"), ("difference", "difference, 95 % sure", "差异（95% 区间）"),
    ("mean", "Mean until the first unit is there", "首个单位到场平均用时"), ("p90", "Nine in ten are there within", "九成警情的到场用时"),
    ("late", "Later than the limit", "超时率"), ("tenth", "Worst-served tenth, mean", "最慢十分之一，平均"),
    ("km", "Kilometres driven a day", "每日行驶公里"), ("sent", "Units sent a day", "每日派出单位次数"), ("waited", "Sendings a day that found nobody free", "每日无空闲单位可派次数"),
    ("never", "Of these, still waiting at the end", "其中至结束仍未派出"),
    ("map", "Mean response by place", "各处平均到场用时"), ("minutes", "minutes", "分钟"), ("few", "too few calls", "警情过少"),
    ("pays", "Who pays", "谁受影响"), ("nobody_pays", "No district waits longer by what counts (15 s, or two points more late).", "没有片区达到“变慢”标准（15 秒，或超时率高两个百分点）。"),
    ("surely", "surely worse", "确定变差"), ("perhaps", "perhaps worse", "可能变差"), ("district", "District", "片区"), ("calls", "calls", "警情"), ("others", "and {count} more districts, with fewer calls", "另有 {count} 个警情较少的片区"),
    ("computed", "How it was computed", "计算方法"),
    ("how", "Days played: {days:g}, the same ones {replications} times as things are and as asked, by the rules that dispatch goes by; {calls:,} calls under each. {source}"
     "Intervals are over the replications.", "同样的 {days:g} 天按现状与调整后各推演 {replications} 次，采用与实际派警相同的规则，每种情形共 {calls:,} 起警情。{source}区间按各次推演计算。"),
    ("own", "The days were drawn from {count:,} past calls of {days} days.", "日期取自 {days} 天内的 {count:,} 起历史警情。"), ("made", "The calls were generated.", "警情为模拟生成。"),
    ("not_modelled", "What is not modelled", "未纳入的因素"), ("decided", "What was decided", "决定经过"),
    ("asked", "asked", "提出推演"), ("answered", "answered", "得出结果"), ("proposed", "proposed", "提请采纳"), ("adopted", "adopted", "采纳"), ("declined", "declined", "未采纳"),
    ("ended", "ended", "终止"), ("failed", "failed", "未能计算"), ("stopped", "stopped", "已停止"),
)}
"""Those of the paper for the council."""

RULES = (
    Words("Take the next free form for each new call; write the true time of day for everything.", "每个新报警取下一张空白单；所有时间均写实际时刻。"),
    Words("Send by the run cards; say the form's number on the radio, and mark the unit on the unit list.", "按出动卡派警；电台通报单号，并在单位表上标记。"),
    Words("An incident that is in this pack keeps its number: write its times on a form under that number.", "包内警情沿用原编号：在单上注明该编号并记录时间。"),
    Words("When the system is back, enter every form with its true times; figures then use those times and say 'from paper'.",
          "系统恢复后按实际时间逐张补录；统计采用实际时间并注明“纸单补录”。"),
)
