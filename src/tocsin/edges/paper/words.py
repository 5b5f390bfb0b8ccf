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

RULES = (
    Words("Take the next free form for each new call; write the true time of day for everything.", "每个新报警取下一张空白单；所有时间均写实际时刻。"),
    Words("Send by the run cards; say the form's number on the radio, and mark the unit on the unit list.", "按出动卡派警；电台通报单号，并在单位表上标记。"),
    Words("An incident that is in this pack keeps its number: write its times on a form under that number.", "包内警情沿用原编号：在单上注明该编号并记录时间。"),
    Words("When the system is back, enter every form with its true times; figures then use those times and say 'from paper'.",
          "系统恢复后按实际时间逐张补录；统计采用实际时间并注明“纸单补录”。"),
)
