"""What people mean by headers, ticks, placeholders and columns of their shop."""

from __future__ import annotations

from sheetcases.columns import MODELS, RECIPES, SHAPES
from sheetcases.plans import FLUX, QWEN, Case, invalid, plan, ready, refused
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
    Case("header-in-two-languages.csv", text("sku,prompt\n货号,图片描述\nTIN-1,A tea tin on stone\n"),
         plan(ready(3, "TIN-1", "A tea tin on stone"),
              warnings=("Row 2 names the columns again and is skipped.",))),
    Case("header-named-in-instructions.csv",
         text("Please fill in these columns:,\nSKU,Prompt\nthe article number,what to draw\n,\n"
              "SKU,Prompt\nTIN-1,A tea tin on stone\n"),
         plan(ready(6, "TIN-1", "A tea tin on stone"), header_row=5)),
    Case("labels-above-field-names.csv",
         text("Article (SKU),Prompt (what to draw),Size\nsku,prompt,size\nrequired,required,optional\n"
              "TIN-1,A tea tin on stone,16:9\n"),
         plan(ready(4, "TIN-1", "A tea tin on stone", size="2688*1536"), header_row=2,
              warnings=("Row 3 only says how the columns are to be filled in and is skipped.",))),
    Case("totals-below-products.csv",
         text("sku,prompt\nTIN-1,A tea tin on stone\nCUP-1,A red cup\nTotal,2 items\n"),
         plan(ready(2, "TIN-1", "A tea tin on stone"), ready(3, "CUP-1", "A red cup"),
              warnings=("Row 4 only counts or adds up the rows above it and is skipped.",))),
    Case("codes-in-prompts.csv",
         text("sku,prompt\na,A caf&eacute; table\nb,A undefined tin\n"),
         plan(ready(2, "a", "A caf&eacute; table",
                    warnings=("The prompt says 'caf&eacute;', and 'café' was probably meant: codes are "
                              "sent as they stand, so write the text itself.",)),
              ready(3, "b", "A undefined tin",
                    warnings=("The prompt says 'undefined', which programs write where they have "
                              "nothing to put: correct it if it is not meant.",)))),
    Case("redo-and-its-note.csv",
         text("sku,prompt,redo,redo note\na,Jar,yes,warmer light\nb,Jar,no,a blue lid\n"),
         plan(ready(2, "a", "Jar", redo="yes",
                    warnings=("Column 'redo note' says 'warmer light', which is not added to the prompt: "
                              "write it into column 'redo' instead of the yes there.",)),
              ready(3, "b", "Jar"),
              warnings=("Column 'redo note' (D) also looks like 'redo'; only column 'redo' (C) is read "
                        "for it.",))),
    Case("header-repeated-midway.csv",
         text("sku,prompt,note\nTIN-1,A tea tin on stone,\nsku,prompt,note\nCUP-1,A red cup,\n"
              "货号,提示词,备注\nCUP-2,A blue cup,\n"),
         plan(ready(2, "TIN-1", "A tea tin on stone"), ready(4, "CUP-1", "A red cup"),
              ready(6, "CUP-2", "A blue cup"),
              warnings=("Rows 3 and 5 name the columns again and are skipped.",))),
    Case("header-repeated-in-another-order.csv",
         text("sku,prompt\nTIN-1,A tea tin on stone\nprompt,sku\nA red cup,CUP-1\n"),
         refused("Row 3 of header-repeated-in-another-order.csv names the columns again, but not as "
                 "row 1 does: put the two tables into two files.")),
    Case("shop-feed.csv",
         text("id,title,price,size,seed,model,color,prompt\n"
              "TS-1,Linen shirt,29.00 USD,XL,Flax,X-100,green,A green linen shirt\n"
              "TS-2,Mug,9.00 USD,350 ml,Tomato,Z3 mini,white,A white mug\n"),
         plan(ready(2, "TS-1", "A green linen shirt"), ready(3, "TS-2", "A white mug"),
              warnings=("Column 'size' says 'XL', which describes the product and not its picture, so "
                        "it is not used: rename it, for example to 'product size'.",
                        "Column 'seed' says 'Flax', which describes the product and not its picture, "
                        "so it is not used: rename it, for example to 'product seed'.",
                        "Column 'model' says 'X-100', which describes the product and not its "
                        "picture, so it is not used: rename it, for example to 'product model'."))),
    Case("cooking-recipes.csv",
         text("sku,recipe,prompt\na,Bake for twenty minutes at 200 degrees,A cake\nb,packshot,A tin\n"),
         plan(invalid(2, "a", "There is no recipe 'Bake for twenty minutes at 200 degrees': use "
                      f"{RECIPES}; if that column describes the product, give it another name."),
              ready(3, "b", "A tin", prompt_extend=False))),
    Case("shop-size-beside-image-size.csv",
         text("id,size,image size,prompt\nTS-1,XL,16:9,A {size} shirt\n"),
         plan(ready(2, "TS-1", "A XL shirt", size="2688*1536"),
              warnings=("Column 'size' says 'XL', which describes the product and not its picture, so "
                        "it is not used: rename it, for example to 'product size'.",))),
    Case("shop-variants.csv",
         text("Handle,Title,Image Src,Image Prompt,Published,Gift Card\n"
              "mug,Mug,https://x.test/1.jpg,A white mug,TRUE,FALSE\nmug,,https://x.test/2.jpg,,,\n"
              "mug,,https://x.test/3.jpg,,,\ntin,Tin,,A tin,TRUE,FALSE\n"),
         plan(ready(2, "mug", "A white mug"), ready(5, "tin", "A tin"),
              warnings=("Columns 'Published' and 'Gift Card' are not used: did you mean 'redo' or 'approved'?",
                        "Nothing is drawn for rows 3 and 4, which only add to a row with the same "
                        "Handle, as a shop's further pictures and variants do."))),
    Case("unread-columns.csv",
         text("sku,prompt,Photo format,Watermark,New picture?,Scene text\n"
              "a,Jar,16:9,no,yes,\nb,,1:1,no,no,A blue jar on a stone table\n"),
         plan(ready(2, "a", "Jar"), invalid(3, "b", "The prompt is empty: say what to draw, or name a "
                                            "recipe."),
              warnings=("Column 'Watermark' is not used: did you mean 'input.watermark'?",
                        "Column 'Photo format' is not used: did you mean 'size'?",
                        "Column 'Scene text' is not used: did you mean 'prompt'?",
                        "Column 'New picture?' is not used: did you mean 'redo' or 'approved'?"))),
    Case("shortened-keys.csv",
         text("sku;prompt\n6,90123E+12;Jar\n6E+12;Jar\n6.90E12;Jar\n12-Mar;Jar\n3. Mrz;Jar\nE-12;Jar\n"
              "1E2;Jar\nMAR12;Jar\n"),
         plan(*[invalid(row, value, f"The sku '{value}' is a long number that a spreadsheet has "
                        "shortened: format that column as text and enter the number again.")
                for row, value in ((2, "6,90123E+12"), (3, "6E+12"), (4, "6.90E12"))],
              *[ready(row, value, "Jar", warnings=(
                  f"The sku '{value}' looks like a date that a spreadsheet has made of it: if so, "
                  "format that column as text and enter it again.",))
                for row, value in ((5, "12-Mar"), (6, "3. Mrz"))],
              *[ready(row, value, "Jar") for row, value in ((7, "E-12"), (8, "1E2"), (9, "MAR12"))],
              delimiter=";")),
    Case("slug-and-sku.csv",
         text("slug,sku,name,color,prompt\nespresso,ESP-BLK,Espresso machine,Black,A black espresso "
              "machine\nespresso,ESP-RED,,Red,A red espresso machine\nkettle,KET-1,Kettle,,A steel kettle\n"),
         plan(ready(2, "espresso", "A black espresso machine"),
              invalid(3, "espresso", "The slug 'espresso' is already used in row 2: make it unique, or "
                      "rename column 'slug' so that 'sku' names the rows."),
              ready(4, "kettle", "A steel kettle"),
              warnings=("Column 'sku' (B) also looks like 'slug'; only column 'slug' (A) is read for "
                        "it.",))),
    Case("sizes-as-people-write-them.csv",
         text("sku,prompt,size,model\na,Jar,2048＊2048,\nb,Jar,16：9,\nc,Jar,1:1.5,\nd,Jar,1200x400,\n"
              "e,Jar,4:09 PM,\nf,Jar,1899-12-30 09:16:00,\ng,Jar,Letter,\nh,Jar,5:4,flux-schnell\n"
              "i,Jar,,X-100\n"),
         plan(ready(2, "a", "Jar"), ready(3, "b", "Jar", size="2688*1536"),
              invalid(4, "c", f"{QWEN} does not take the size '1:1.5': use {SHAPES}; the nearest is 3:4 "
                      "(1728×2368)."),
              invalid(5, "d", f"{QWEN} does not take the size '1200x400': use {SHAPES}; the nearest is "
                      "16:9 (2688×1536)."),
              ready(6, "e", "Jar", size="2688*1536"), ready(7, "f", "Jar", size="1536*2688"),
              invalid(8, "g", f"{QWEN} does not take the size 'Letter': use {SHAPES}; if 'size' is "
                      "the product's own size, give that column another name."),
              invalid(9, "h", f"{FLUX} does not take the size '5:4': use {SHAPES}; the nearest is 4:3.",
                      model=FLUX),
              invalid(10, "i", f"There is no model 'X-100': use {MODELS}; if that column describes the "
                      "product, give it another name.", model="X-100"))),
    Case("placeholders.csv",
         text("slug,prompt,product,price,brand\n"
              "a,A {{product}} for ${price},red cup,89,\nb,A <<product>> by {{maker}},tin,,\n"
              'c,"{""subject"": ""{product}"", ""light"": {""from"": ""left""}}",jar,,\n'
              "d,A {product} by {brand},jar,,nan\ne,A ${prodct},jar,,\nf,A %product% [large],jar,,\n"),
         plan(ready(2, "a", "A red cup for $89"),
              ready(3, "b", "A tin by {maker}", warnings=(
                  "The prompt says '{{maker}}', but the sheet has no such column, so it is sent as "
                  "'{maker}'.",)),
              ready(4, "c", '{"subject": "jar", "light": {"from": "left"}}'),
              invalid(5, "d", "The prompt refers to {brand}, but that cell says only 'nan': fill it "
                      "in."),
              invalid(6, "e", "The prompt refers to {prodct}, but the sheet has no such column: "
                      "correct it, or write {{ and }} for real braces."),
              ready(7, "f", "A %product% [large]", warnings=(
                  "The prompt says '%product%', which is sent as it is: write {product} if you mean "
                  "that column.",)))),
    Case("prompts-that-say-nothing.csv",
         text("slug,prompt,product\na,0,\nb,ditto,\nc,{product},False\nd,#WERT,\n"),
         plan(invalid(2, "a", "The prompt says only '0': say what to draw, or name a recipe."),
              invalid(3, "b", "The prompt says only 'ditto': say what to draw, or name a recipe."),
              invalid(4, "c", "The prompt says only 'False': say what to draw, or name a recipe."),
              invalid(5, "d", "The cell 'prompt' shows the error '#WERT': correct its formula and "
                      "export again."))),
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
