"""Text files: delimiters, encodings, line ends, quotation marks."""

from __future__ import annotations

from sheetcases.plans import FLUX, Case, invalid, plan, ready, refused

PLAIN = "slug,prompt\njade-cream,A jar of cream\nlongjing,A tin of tea\n"
PLAIN_ROWS = (ready(2, "jade-cream", "A jar of cream"), ready(3, "longjing", "A tin of tea"))
CHINESE = "编号,提示词,尺寸\n玉容霜,一瓶面霜放在石台上，标签写着“玉容霜”,1:1\nA-02,一罐龙井茶，晨光,16:9\n"
CHINESE_ROWS = (
    ready(2, "玉容霜", "一瓶面霜放在石台上，标签写着“玉容霜”"),
    ready(3, "A-02", "一罐龙井茶，晨光", size="2688*1536"),
)

FORMULA = (
    "The cell 'prompt' holds the text of a formula, '{}', and not its result: put the result "
    "there, or export the sheet with its values."
)


def text(content: str, encoding: str = "utf-8"):
    return lambda: content.encode(encoding)


CASES = [
    Case("plain.csv", text(PLAIN), plan(*PLAIN_ROWS)),
    Case("bom.csv", text(PLAIN, "utf-8-sig"), plan(*PLAIN_ROWS, encoding="utf-8-sig")),
    Case("chinese.csv", text(CHINESE), plan(*CHINESE_ROWS)),
    Case(
        "quoted-newlines.csv",
        text('slug,prompt\r\na,"A jar,\r\nwith a ""label"",\nin the rain"\r\n\r\nb,Tea\r\n'),
        plan(ready(2, "a", 'A jar,\nwith a "label",\nin the rain'), ready(4, "b", "Tea")),
    ),
    Case("semicolon.csv", text("slug;prompt;size\na;A jar, and a spoon;1:1\nb;Tea;4:3\n"),
         plan(ready(2, "a", "A jar, and a spoon"), ready(3, "b", "Tea", size="2368*1728"),
              delimiter=";")),
    Case("excel-sep-line.csv", text("sep=;\r\nslug;prompt\r\na;A jar\r\n"),
         plan(ready(2, "a", "A jar"), delimiter=";")),
    Case("pipe.csv", text("sku|prompt\na|A jar\n"), plan(ready(2, "a", "A jar"), delimiter="|")),
    Case("tab.tsv", text("slug\tprompt\na\tA jar, closed\n"),
         plan(ready(2, "a", "A jar, closed"), format="tsv", delimiter="\t")),
    Case("excel-unicode-text.txt", text(CHINESE.replace(",", "\t").replace("\n", "\r\n"), "utf-16"),
         plan(*CHINESE_ROWS, format="tsv", delimiter="\t", encoding="utf-16")),
    Case("utf16-big-endian.csv", lambda: b"\xfe\xff" + CHINESE.encode("utf-16-be"),
         plan(*CHINESE_ROWS, encoding="utf-16")),
    Case("utf16-without-mark.csv", text(PLAIN, "utf-16-le"),
         plan(*PLAIN_ROWS, encoding="utf-16-le")),
    Case("chinese-excel-gbk.csv", text(CHINESE.replace("\n", "\r\n"), "gbk"),
         plan(*CHINESE_ROWS, encoding="gb18030")),
    Case("gb18030-four-bytes.csv", text("编号,提示词\n㐂记,一块“㐂记”的老招牌，红底金字\n", "gb18030"),
         plan(ready(2, "㐂记", "一块“㐂记”的老招牌，红底金字"), encoding="gb18030")),
    Case("gbk-one-word.csv", text("slug,prompt\na,茶\n", "gbk"),
         plan(ready(2, "a", "茶"), encoding="gb18030")),
    Case(
        "traditional-big5.csv",
        text("slug,prompt\na,一個玻璃罐子放在濕潤的石頭上，標籤寫著「玉容霜」，清晨的光線從左邊照進來\n"
             "b,茶園的早晨，霧氣瀰漫，採茶人背著竹簍，遠處是層層疊疊的山巒與雲海\n", "big5"),
        plan(ready(2, "a", "一個玻璃罐子放在濕潤的石頭上，標籤寫著「玉容霜」，清晨的光線從左邊照進來"),
             ready(3, "b", "茶園的早晨，霧氣瀰漫，採茶人背著竹簍，遠處是層層疊疊的山巒與雲海"),
             encoding="big5"),
    ),
    Case("utf-7.csv", lambda: "slug,prompt\na,Schöne Tasse\n".encode("utf-7"),
         refused("The characters of utf-7.csv are written in UTF-7, as in a mail, which is not read: "
                 "save it again as 'CSV UTF-8' or as XLSX.")),
    Case("western-excel.csv", text("slug;prompt\na;Crème brûlée auf grüner Wiese\n", "cp1252"),
         plan(ready(2, "a", "Crème brûlée auf grüner Wiese"), delimiter=";", encoding="cp1252")),
    Case("old-mac-line-ends.csv", text(PLAIN.replace("\n", "\r")), plan(*PLAIN_ROWS)),
    Case("mixed-line-ends.csv", text("slug,prompt\r\na,A jar\nb,Tea\rc,Cup"),
         plan(ready(2, "a", "A jar"), ready(3, "b", "Tea"), ready(4, "c", "Cup"))),
    Case("blank-rows.csv", text("\n,,\nslug,prompt,\n\n,,,,\na,A jar,,,,\n   , \nb,Tea\n,,,\n\n"),
         plan(ready(6, "a", "A jar"), ready(8, "b", "Tea"), header_row=3)),
    Case("title-above-header.csv",
         text("Spring catalogue,,\nAs of,2026-03-01\n\nSKU,Size,Image Prompt\n0017,1:1,A jar\n"),
         plan(ready(5, "0017", "A jar"), header_row=4)),
    Case("ragged.csv", text("slug,prompt,size\na\nb,Tea,4:3,extra,more\nc,Cup\n"),
         plan(invalid(2, "a", "The prompt is empty: say what to draw, or name a recipe."),
              invalid(3, "b", "The row goes on beyond the last column, with 'extra': put quotation "
                      "marks around a cell that contains a comma, or delete what is too much."),
              ready(4, "c", "Cup"))),
    Case("inch-marks.csv", text('slug,prompt\na,A 7" mug\nb,"A 7"" mug"\nc,"Hello" world\n'),
         plan(ready(2, "a", 'A 7" mug'), ready(3, "b", 'A 7" mug'), ready(4, "c", '"Hello" world'))),
    Case("formula-text.csv",
         text('slug,prompt\n"=HYPERLINK(""http://x"")","=cmd|\' /C calc\'!A0"\n+1,+1 jar\n@x,@SUM(A1)\n'),
         plan(invalid(2, '=HYPERLINK("http://x")', FORMULA.format("=cmd|' /C calc'!A0")),
              ready(3, "+1", "+1 jar"), invalid(4, "@x", FORMULA.format("@SUM(A1)")))),
    Case("nul-bytes.csv", lambda: b"slug,prompt\na,A j\x00ar\nb,Jar\x00\x00\n",
         plan(invalid(2, "a", "The cell 'prompt' holds invisible control characters: type its text "
                      "again."),
              ready(3, "b", "Jar"))),
    Case("separators-in-cells.csv",
         lambda: "slug,prompt,note\na,A jar\x0bon stone\u2028in rain,x\x85y\nb,A\x1ftin\x0c,\x1c\x1d\n"
         .encode() + b"\x1a\x1a\r\n\x00",
         plan(ready(2, "a", "A jar\non stone\nin rain"), ready(3, "b", "A tin"))),
    Case("read-wrongly.csv",
         text("slug,prompt\na,CafÃ© tin with “Sun”\nb,????\nc,A tin with the label “????”\nd,CafÃ¯Â¿Â½\n"
              "e,What a jar??\n"),
         plan(ready(2, "a", "CafÃ© tin with “Sun”", warnings=(
                  "The prompt says 'CafÃ©', and 'Café' was probably meant: its characters were read "
                  "wrongly, so correct it, or export the sheet again as UTF-8.",)),
              invalid(3, "b", "The prompt is nothing but question marks, which stand for lost "
                      "characters: type its text again, and save the sheet as UTF-8 or XLSX."),
              ready(4, "c", "A tin with the label “????”", warnings=(
                  "The prompt says '“????”', where question marks may stand for lost characters: type "
                  "that text again if they do.",)),
              invalid(5, "d", "The prompt 'CafÃ¯Â¿Â½' has lost characters before it was put into the "
                      "sheet: type its text again."),
              ready(6, "e", "What a jar??"))),
    Case("one-model-per-row.csv",
         text("slug,prompt,model,aspect,seed,input.num_inference_steps,prompt extend\n"
              'a,Jar,QWEN-IMAGE-2.0,3:4,"1,024",,no\nb,Tea,flux-schnell,9：16,,4.0,FALSE\n'
              "c,茶,Flux-Schnell,square,,,\n"),
         plan(ready(2, "a", "Jar", size="1728*2368", seed=1024, prompt_extend=False),
              ready(3, "b", "Tea", model=FLUX, aspect_ratio="9:16", num_inference_steps=4),
              ready(4, "c", "茶", model=FLUX, warnings=(
                  "flux-schnell/text-to-image does not draw Chinese characters well; "
                  "qwen-image-2.0 and seedream-5.0-pro do.",)))),
    # Refused as a whole ------------------------------------------------------------------------
    Case("empty.csv", lambda: b"",
         refused("empty.csv is empty: export the sheet again, with its header row.")),
    Case("only-white-space.csv", lambda: b" \r\n\t\r\n",
         refused("only-white-space.csv is empty: export the sheet again, with its header row.")),
    Case("only-commas.csv", lambda: b",,,\n,,,\n",
         refused("only-commas.csv has no filled row: its first row should name the columns, such as "
                 "slug and prompt.")),
    Case("header-only.csv", lambda: b"slug,prompt\n",
         refused("header-only.csv has a header but no row below it: there is nothing to render.")),
    Case("unclosed-quote.csv", lambda: b'slug,prompt\na,Jar\nb,"Tea\nc,Cup\n',
         refused("In unclosed-quote.csv a quotation mark opens in row 3 and never closes: close it, "
                 'or double it ("") where it is part of the text.')),
    Case("late-quote.csv", lambda: b'slug,prompt\na-1,"Jar\na-2,Tea\na-3,Plate 10"\na-4,Cup\n',
         refused("In late-quote.csv a quotation mark opens in row 2 and closes only in a later row: "
                 'close it in its own row, or double it ("") where it belongs to the text.')),
    Case("cut-off.csv", lambda: "slug,prompt\na,一瓶面霜".encode()[:-1],
         refused("cut-off.csv has damaged characters in line 2: export it again, or save it as "
                 "XLSX.")),
    Case("too-many-columns.csv", lambda: b"slug,prompt" + b",x" * 500 + b"\na,Jar\n",
         refused("too-many-columns.csv has more than 500 columns: delete those that are not "
                 "needed.")),
    Case("one-huge-cell.csv", lambda: b"slug,prompt\na,\"" + b"x" * 140_000 + b"\"\n",
         refused("one-huge-cell.csv has a cell with more than 131,072 characters near row 2: check "
                 "whether a quotation mark there is never closed.")),
]  # fmt: skip
