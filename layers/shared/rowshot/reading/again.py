"""Words for another picture, for the one that there is, and what people put around them."""

from __future__ import annotations

import re

from rowshot.reading.words import form, words

# Beside the names of the column.
AGAIN = words(
    """
    again|once again|once more|one more time|re-render|rerender|re-do|redo it|redo this|regenerate
    |rerun|retry|repeat|please|neu|nochmal|noch mal|nochmals|noch einmal|erneut|bitte|ja tak
    |ja tack|refais|recommencer|encore|de nouveau|régénérer|à régénérer|otra vez|de nuevo
    |regenerar|da rifare|ripetere|di nuovo|rigenera|rigenerare|de novo|nog eens|opnieuw genereren
    |generera om|igen|igjen|lag på nytt|på nytt|uudelleen|luo uudelleen|jeszcze raz|do powtórki
    |do poprawy|przerobić|znovu|přegenerovat|újra|újragenerálás|refacer|a refacer|din nou|tekrar
    |yeniden|tekrar üret|yeniden üret|заново|снова|ещё раз|перегенерировать|знову|ще раз
    |перегенерувати|再来|再来一次|再做|再做一次|重来|重画|重新做|重新画|重新绘制|重新生成图片|重拍
    |重繪|重出|换一张|再生成|再作成|再度|やり直し|やりなおし|やり直す|再作成する|もう一度
    |お願いします|다시|다시 생성|다시 만들기|재작업|재생성|làm lại|sinh lại|vẽ lại|ulang|lagi
    |buat ulang|ulangi|อีกครั้ง|ทำใหม่|إعادة|إعادة إنشاء|أعد|שוב|फिर से|दोबारा|🔁|🔄|♻
    """
)
AS_IT_IS = words(
    """
    keep|keep it|keep this|keep this one|keep as is|keep as it is|keep original|keep the original
    |as is|as-is|as it is|leave|leave as is|leave as-is|leave as it is|leave it|leave it as is
    |no change|no changes|no changes needed|no change needed|nothing to change|unchanged|skip
    |skip it|skip this|ignore|do nothing|no action|behalten|unverändert|keine änderung
    |keine änderungen|nicht ändern|beibehalten|lassen|garder|à garder|à conserver|conserver
    |inchangé|ne rien changer|mantener|conservar|sin cambios|mantenere|nessuna modifica|manter
    |sem alterações|behouden|laten staan|geen wijzigingen|behåll|behold|säilytä|zostaw|bez zmian
    |zachować|ponechat|beze změn|ponechať|bez zmien|marad|păstrează|değişiklik yok|kalsın|оставить
    |оставляем|без изменений|как есть|залишити|без змін|保留|保留原图|保留原圖|不变|不變|不改
    |保持不变|维持|维持原样|維持|維持原樣|そのまま|このまま|このままで|そのままで|変更なし
    |現状維持|변경 없음|유지|그대로|그대로 유지|giữ nguyên|tetap|biarkan|คงเดิม|ไม่เปลี่ยน
    |بدون تغيير|להשאיר|ללא שינוי
    """
)
NOT_THAT = re.compile(
    r"(?:不需要|不用|不要|不必|无需|无须|無需|無須|勿|别|別|免|没有|没|沒|未|不|미)\s*"
    r"|(?:please )?(?:do not|don['’]?t|no need to|not to be|no|not|never|nicht|kein|keine|keinen"
    r"|ne pas|pas|non|nie|ne|nem|не|не надо|no hace falta|niet|geen|inte|ej|ikke|ei|nao|sem|hayir"
    r"|jangan|tidak|khong|dung|לא|لا|ไม่) "
)
"""Before what is denied, in the form of words."""
NOT_SO = re.compile(
    r"\s?(?:不要|不需要|しない|なし|안\s?함|하지\s?마|なして|いらない|不用|불필요|필요\s?없음"
    r"|not needed|not necessary|not required|unnecessary|nicht|nicht notig|yok|nahi)\Z"
)
"""Behind what is denied."""


def _any(*tables: str) -> str:
    each = {form(word) for table in tables for word in table.split("|")}
    return "|".join(map(re.escape, sorted(each, key=len, reverse=True)))


_PLEASE = (
    "please|pls|plz|bitte|danke|svp|s.v.p|s'il vous plaît|s'il te plaît|merci|por favor|gracias"
    "|per favore|per piacere|grazie|obrigado|alsjeblieft|alstublieft|aub|graag|vänligen|tack|takk"
    "|kiitos|proszę|prosím|kérem|te rog|lütfen|пожалуйста|спасибо|будь ласка|thanks"
    "|thank you|thx|tolong|mohon|làm ơn|من فضلك|בבקשה|कृपया"
)
# These need no space: 请重做, 再作成してください.
_PLEASE_BEFORE = "请|請|麻烦|麻煩|劳驾|需要|要|必须|须"
_PLEASE_AFTER = (
    "一下|吧|谢谢|謝謝|をお願いします|お願いします|お願い致します|をお願い|してください|して下さい"
    "|해주세요|해 주세요|부탁드립니다|부탁해요|부탁합니다|필요"
)
_NEEDS = "needs to|needs|need to|need|to|must|must be|should be|muss|müsste|à|a|por|da|do|do it"
_NEEDED = "needed|required|necessary|nötig|notwendig|nécessaire|necesario|necessario|nodig|nu"
POLITE_BEFORE = re.compile(
    rf"\A(?:(?:{_any(_PLEASE, _NEEDS)})[\s,]+|(?:{_any(_PLEASE_BEFORE)})[\s,]*)+"
)
POLITE_AFTER = re.compile(
    rf"(?:(?<![\s,])[\s,]++(?:{_any(_PLEASE, _NEEDED)})"
    rf"|(?<![\s,])[\s,]*+(?:{_any(_PLEASE_AFTER)}))+\Z"
)
