"""Words for how far somebody's work has come. They say nothing of a picture."""

from __future__ import annotations

import re
from functools import lru_cache

from rowshot.reading.columns import normal
from rowshot.reading.dates import is_date
from rowshot.reading.words import bare, words
from rowshot.statuses import RowStatus

SHOP_STATES = frozenset(
    """
    draft live pending active inactive archived published unpublished hidden visible scheduled
    review reviewing waiting hold rejected declined denied new open closed todo available
    discontinued expired online offline sold in_review under_review in_progress on_hold to_do
    sold_out not_started 草稿 待审核 审核中 待定 待处理 上架 下架 已上架 已下架 待上架 已发布 未发布
    未通过 驳回 已驳回 entwurf aktiv inaktiv archiviert ausstehend abgelehnt brouillon actif inactif
    archivé borrador activo inactivo pendiente rechazado bozza attivo
    """.split()
)
"""In the normal form of names."""
_OURS = frozenset(word for status in RowStatus for word in (normal(status), status.in_plan))
APPROVALS = words(
    """
    approved|approve|ok|okay|okey|o.k|oké|accepted|confirmed|signed off|good to go|通过|已通过
    |批准|已批准|确认|已确认|审核通过|通過|已通過|審核通過|核准|合格|freigegeben|freigabe
    |genehmigt|abgenommen|validé|validée|approuvé|approuvée|accepté|bon à tirer|aprobado|aprobada
    |validado|approvato|approvata|confermato|aprovado|aprovada|goedgekeurd|akkoord|zatwierdzone
    |zatwierdzony|zaakceptowane|schváleno|schválené|jóváhagyva|godkänd|godkänt|godkendt|godkjent
    |hyväksytty|одобрено|утверждено|согласовано|схвалено|затверджено|одобрен|aprobat|εγκρίθηκε
    |onaylandı|onaylı|承認|承認済み|承認済|승인|승인됨|승인 완료|موافق|معتمد|מאושר|อนุมัติ
    |อนุมัติแล้ว|đã duyệt|phê duyệt|disetujui|setuju|स्वीकृत|👍
    """
)
"""As an `approved` cell says yes, beside its ticks."""
REJECTIONS = words(
    """
    rejected|reject|declined|denied|unapproved|disapproved|refused|pending|pending review
    |pending approval|in review|under review|awaiting approval|to be approved|to approve|to review
    |waiting|open|draft|not yet|abgelehnt|ausstehend|offen|noch nicht|in prüfung|zu prüfen|refusé
    |rejeté|en attente|à valider|pas encore|rechazado|pendiente|todavía no|rifiutato|in sospeso
    |in attesa|da approvare|rejeitado|recusado|pendente|afgekeurd|in afwachting|odrzucone|oczekuje
    |do akceptacji|zamítnuto|čeká|elutasítva|avvisad|afvist|avvist|hylätty|отклонено
    |на согласовании|ожидает|відхилено|respins|απορρίφθηκε|reddedildi|bekliyor|不通过|未通过
    |审核不通过|驳回|已驳回|拒绝|待审核|待审|审核中|待确认|待定|未批准|未确认|不合格|打回|不通過
    |未通過|駁回|待審核|却下|未承認|承認待ち|確認中|差し戻し|미승인|반려|거절|승인 대기|대기
    |대기 중|مرفوض|נדחה|ไม่อนุมัติ|รออนุมัติ|từ chối|chờ duyệt|ditolak|menunggu|👎
    """
)
"""As an `approved` cell says no, beside its ticks."""
_PRAISE = words(
    """
    perfect|excellent|fantastic|wonderful|amazing|lovely|gorgeous|brilliant|pretty|works for me
    |works|wunderbar|hübsch|prächtig|genial|génial|beau|belle|superbe|magnifique|hermoso|lindo
    |bonito|bello|bella|bellissimo|mooi|vacker|flott|smukt|fajne|ładne|krásné|szép|frumos|красиво
    |отличное|прекрасно|гарно|漂亮|好|棒|赞|素晴らしい|きれい|綺麗|이대로|예뻐요|최고|looks good
    |look good|looks great|looks fine|looks ok|all good|very good|love it|i love it|like it|lgtm
    |ok now|ok as is|ok as it is|fine as is|good as is|that's fine|fine|good|nice|great|super|top
    |cool|awesome|beautiful|well done|thanks|thank you|gut|sehr gut|passt|passt so|passt alles
    |gefällt mir|in ordnung|i.o|perfekt|toll|schön|bleibt so|so lassen|danke|kann so bleiben
    |parfait|très bien|bien|c'est bon|c'est parfait|j'aime|rien à changer|merci|perfecto|muy bien
    |está bien|me gusta|gracias|perfetto|va bene|ottimo|molto bene|bene|grazie|perfeito|está bom
    |muito bom|ótimo|obrigado|prima|goed|heel goed|bedankt|bra|mycket bra|fint|godt|meget godt
    |veldig bra|tack|tak|takk|hyvä|oikein hyvä|kiitos|dobrze|bardzo dobrze|świetnie|dobře|výborně
    |jó|nagyon jó|rendben|tökéletes|bine|foarte bine|perfect așa|tamam|güzel|çok güzel|teşekkürler
    |хорошо|отлично|супер|в порядке|нравится|всё хорошо|спасибо|добре|чудово|дякую|καλό|τέλειο
    |很好|挺好|非常好|满意|没问题|沒問題|可以|可以了|不错|不錯|就这样|完美|好看|谢谢|謝謝|用原图
    |ok です|okです|良い|いいです|いいね|問題なし|問題ありません|大丈夫|大丈夫です|完璧|ありがとう
    |좋아요|좋습니다|괜찮아요|괜찮음|괜찮습니다|완벽|감사합니다|ممتاز|جيد|جيد جدا|شكرا|טוב|מצוין
    |מושלם|ดี|ดีมาก|สวย|tốt|rất tốt|đạt|đẹp|bagus|sudah bagus|baik|अच्छा|ठीक है|बढ़िया
    """
)
_WORK = words(
    """
    y/n|yes/no|true/false|ja/nein|oui/non|sí/no|是/否|maybe|perhaps|later|not yet|n/a yet|done
    |check|to check|to do|review|in review|pending review|wip|in progress|on hold|ready|complete
    |completed|finished|final|delivered|sent|shipped|blocked|assigned|planned|started|stopped
    |paused|live|next|processing|working on it|see notes|see note|see comment|see comments|low
    |high|medium|normal|urgent|very urgent|asap|rush|important|today|tomorrow|yesterday|this week
    |next week|monday|tuesday|wednesday|thursday|friday|saturday|sunday|once|twice|zero
    |no priority|vielleicht|später|noch nicht|fertig|erledigt|prüfen|offen|in arbeit
    |in bearbeitung|bereit|siehe|siehe notiz|siehe kommentar|entwurf|dringend|eilt|wichtig|heute
    |morgen|hoch|niedrig|mittel|einmal|zweimal|peut-être|plus tard|fait|terminé|en cours|prêt
    |brouillon|voir note|voir commentaire|aujourd'hui|demain|une fois|deux fois|quizás|hecho|listo
    |en curso|en proceso|borrador|urgente|hoy|mañana|ver nota|una vez|fatto|in corso|bozza|oggi
    |domani|pronto|feito|em andamento|rascunho|hoje|amanhã|klaar|bezig|concept|spoed|vandaag|klar
    |färdig|pågår|i gang|utkast|kladde|haster|valmis|kesken|kiireinen|gotowe|w toku|w trakcie
    |szkic|pilne|hotovo|rozpracováno|naléhavé|kész|folyamatban|sürgős|gata|în lucru|tamamlandı
    |devam ediyor|hazır|acil|готово|позже|в работе|в процессе|черновик|срочно|сегодня|завтра
    |сделано|терміново|в роботі|完成|已完成|待审核|待确认|稍后|可能|也许|处理中|进行中|已处理
    |已重做|未开始|待处理|加急|紧急|急|今天|明天|一次|两次|草稿|见备注|優先|優先高|完了|確認中
    |要確認|作業中|対応済み|対応済|対応中|対応予定|未対応|未着手|保留中|至急|急ぎ|下書き|備考参照
    |今日|明日|완료|확인|진행 중|진행중|작업 중|보류|대기|긴급|오늘|내일|임시|初稿|تم|قيد التنفيذ
    |عاجل|בוצע|בתהליך|דחוף|เสร็จแล้ว|กำลังทำ|ด่วน|xong|đang làm|gấp|selesai|sedang diproses|mendesak
    """
)
# How often, how soon, which of them: prio 1, P2, KW 47, v2, 3x, 2nd, 30%, 第2回.
_COUNT = re.compile(
    r"\A(?:"
    r"(?:prio(?:rity|ritat|rite|ridad|rita)?|p|v|version|kw|week|q|take|rev|round|runde) ?\.?:? ?"
    r"\d+|x ?\d+|[$€£¥]? ?\d+(?:[.,]\d+)? ?(?:x|times?|mal|fois|veces|volte|vezes|keer|раза?|st"
    r"|nd|rd|th|%|[$€£¥]|次|回|번|遍)|第 ?\d+ ?[次回版]|優先度? ?[\d高中低]|优先级? ?[\d高中低])"
)
_ARTICLE = re.compile(r"(?:le|am|bis|by|on|due|until|до|к) ")


# Between words of praise: very good, ist sehr schön, c'est parfait.
_FILLERS = words(
    """
    very|so|really|is|it|it's|this|that's|all|now|and|works|for|me|us|looks|sehr|ist|alles
    |wirklich|ganz|und|jetzt|très|c'est|c|est|tout|et|muy|está|es|todo|molto|è|tutto|muito|tudo
    |heel|erg|mycket|veldig|meget|bardzo|jest|velmi|je|nagyon|foarte|çok|очень|всё|дуже|и|rất
    |sangat|sudah
    """
)
_STRENGTHENED = re.compile(
    r"\A(?:很|非常|挺|太|真|特别|とても|すごく|아주|정말)\s?|(?:了|的|です|ですね)\Z"
)
_BY_WHOM = re.compile(r"\A(\S++) (?:by|von|durch|par|por|da|door|av|af) .+")


@lru_cache(maxsize=4096)
def says_state(cell: str) -> bool:
    """True for praise, a state, a date or an urgency: ``perfect``, ``in progress``, ``prio 1``.

    Also for several of them and for who gave it: ``very good``, ``approved by Anna``.
    """
    word = bare(cell)
    if _is_state(word, cell) or _STRENGTHENED.sub("", word) in _PRAISE:
        return True
    found = _BY_WHOM.fullmatch(word)
    if found and found[1] in APPROVALS | REJECTIONS:
        return True
    telling = [each for each in word.split() if each not in _FILLERS]
    return bool(telling) and all(_is_state(each, each) for each in telling)


def _is_state(word: str, cell: str) -> bool:
    return (
        word in _ALL
        or normal(word) in SHOP_STATES
        or normal(word) in _OURS
        or _COUNT.fullmatch(word) is not None
        or is_date(_ARTICLE.sub("", cell.strip().casefold(), count=1))
    )


_ALL = APPROVALS | REJECTIONS | _PRAISE | _WORK
