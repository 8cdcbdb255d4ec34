"""What people mean by headers, ticks, placeholders and columns of their shop."""

from __future__ import annotations

from sheetcases.plans import Case, invalid, plan, ready
from sheetcases.texts import text


def unclear(value: str, column: str = "redo") -> str:
    return (f"'{column}' must say yes, no, or in a few words what you want to see, and the cell "
            f"says {value}.")


CASES = [
    Case("redo-too-short.csv",
         text("slug,prompt,redo\na,Jar,ok\nb,Jar,3\nc,Jar,na\nd,Jar,NA\ne,Jar,更亮\n"),
         plan(invalid(2, "a", unclear("'ok'")), invalid(3, "b", unclear("'3'")),
              invalid(4, "c", unclear("'na'")), ready(5, "d", "Jar"),
              ready(6, "e", "Jar", redo="更亮"))),
    Case("placeholders.csv",
         text("slug,prompt,product,price,brand\n"
              "a,A {{product}} for ${price},red cup,89,\nb,A <<product>> by {{maker}},tin,,\n"
              'c,"{""subject"": ""{product}"", ""light"": {""from"": ""left""}}",jar,,\n'
              "d,A {product} by {brand},jar,,nan\ne,A ${prodct},jar,,\n"),
         plan(ready(2, "a", "A red cup for $89"),
              ready(3, "b", "A tin by {maker}", warnings=(
                  "The prompt says '{{maker}}', but the sheet has no such column, so it is sent as "
                  "'{maker}'.",)),
              ready(4, "c", '{"subject": "jar", "light": {"from": "left"}}'),
              invalid(5, "d", "The prompt refers to {brand}, but that cell says only 'nan': fill it "
                      "in."),
              invalid(6, "e", "The prompt refers to {prodct}, but the sheet has no such column: "
                      "correct it, or write {{ and }} for real braces."))),
    Case("words-for-nothing.csv",
         text("slug,recipe,product,label_zh,label_en,backdrop,negative_prompt\n"
              "a,packshot,a jar,-,Honey,nan,none\nb,packshot,undefined,无,null,,\n"),
         plan(ready(2, "a", "Studio photograph of a jar, alone, upright and centred, seen straight "
                    "on. The backdrop is one plain, even colour: warm ivory. The label on it reads "
                    "“Honey” in bold serif. Lit by a single directional light (soft key light from "
                    "the upper left), with one short soft shadow. No props, no hands and no other "
                    "writing; the label is in the sharpest focus.", prompt_extend=False,
                    warnings=("The cell 'label_zh' says '-', which is read as an empty cell.",)),
              invalid(3, "b", "The recipe 'packshot' needs 'product', 'label_zh' or 'label_en': fill "
                      "that cell in.",
                      warnings=("The cell 'label_zh' says '无', which is read as an empty cell.",)))),
]  # fmt: skip
