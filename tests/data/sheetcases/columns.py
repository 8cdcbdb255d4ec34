"""Columns, rows and cells: what a sheet says, right and wrong."""

from __future__ import annotations

from sheetcases.plans import FLUX, QWEN, Case, invalid, plan, ready, refused
from sheetcases.texts import text

NO_PROMPT = "The prompt is empty: say what to draw, or name a recipe."
NO_SLUG = ("The row has no slug: give it one, so that its picture finds its row (of merged cells only "
           "the first one holds the text).")
SURPLUS = ("The row goes on beyond the last column, with '{}': put quotation marks around a cell that "
           "contains a comma, or delete what is too much.")
SHAPES = "1:1, 4:3, 3:4, 16:9 or 9:16"
MODELS = ("qwen-image-2.0, flux-schnell, flux-1.1-pro, Nano-Banana, Nano-Banana-2, Nano-Banana-Pro, "
          "gpt-image-2 or seedream-5.0-pro")
RECIPES = "packshot, lifestyle, variants, banner, listing-card or personal"


def unusable(value: str, column: str = "slug") -> str:
    return (f"The {column} {value} cannot name a picture: use letters or digits, at most 200 in all.")


CASES = [
    Case("header-styles.csv",
         text(' Row Key ,"Image\nPrompt (required)",ＳＩＺＥ*,Notes for the printer\n'
              "a,Jar,landscape,glossy\n"),
         plan(ready(2, "a", "Jar", size="2368*1728"))),
    Case("chinese-headers.csv",
         text("商品编号,图片提示词,宽高比,模型,负面提示词,随机种子,重做,已通过,备注\n"
              "茶-01,一罐茶,9:16,qwen-image-2.0,模糊,７,是,否,无\n茶-02,两罐茶,,,,,更亮一些,是,\n"),
         plan(ready(2, "茶-01", "一罐茶", size="1536*2688", negative_prompt="模糊", seed=7, redo="yes"),
              ready(3, "茶-02", "两罐茶", redo="更亮一些", approved=True))),
    Case("close-miss.csv", text("slug,promt\na,Jar\n"),
         refused("No column says what to draw: add a 'prompt' column (提示词 works too), or 'recipe' "
                 "(there is a column 'promt': did you mean 'prompt'?).")),
    Case("close-miss-of-a-lesser-column.csv", text("slug,prompt,modle,seeed\na,Jar,flux-schnell,3\n"),
         plan(ready(2, "a", "Jar"),
              warnings=("Column 'modle' is not used: did you mean 'model'?",
                        "Column 'seeed' is not used: did you mean 'seed'?"))),
    Case("close-miss-beside-recipes.csv", text("slug,recipe,promt\na,,A jar\n"),
         plan(invalid(2, "a", "The prompt is empty, because the column 'promt' is not used: name it "
                              "'prompt', or name a recipe."),
              warnings=("Column 'promt' is not used: did you mean 'prompt'?",))),
    Case("no-key-column.csv", text("title,prompt\nJar,A jar\n"),
         refused("No column tells the rows apart: name one 'slug' (sku, handle, id and 编号 work "
                 "too).")),
    Case("letter-to-a-friend.csv", text("Dear Anna,\nthe teas are lovely.\nYours, Ben\n"),
         refused("No column tells the rows apart: name one 'slug' (sku, handle, id and 编号 work "
                 "too).")),
    Case("duplicate-headers.csv", text("slug,prompt,prompt,sku\na,Jar,Tea,S-1\n"),
         plan(ready(2, "a", "Jar"),
              warnings=("Column 'sku' (D) also looks like 'slug'; only column 'slug' (A) is read for "
                        "it.",
                        "Column 'prompt' (C) also looks like 'prompt'; only column 'prompt' (B) is "
                        "read for it."))),
    Case("blank-header-cells.csv", text("slug,,prompt,,\na,x,Jar,y,z\n"), plan(ready(2, "a", "Jar"),
         warnings=("Columns B, D and E have no name and are not used, so 'x' there is not read.",))),
    Case("text-below-no-name.csv",
         text("sku,prompt,\nA,A red mug, on oak\nB,A blue mug\nC,A cup,glossy\n"),
         plan(invalid(2, "A", SURPLUS.format("on oak")), ready(3, "B", "A blue mug"),
              ready(4, "C", "A cup"),
              warnings=("Column C has no name and is not used, so 'glossy' there is not read.",))),
    Case("close-miss-beside-its-target.csv",
         text("sku,prompt,promt\nA,,A red tin here\nB,A blue tin,\n"),
         plan(invalid(2, "A", "The prompt is empty, and the column 'promt' is not used: move its text "
                              "into 'prompt', or name a recipe."), ready(3, "B", "A blue tin"),
              warnings=("Column 'promt' is not used: did you mean 'prompt'?",))),
    Case("description-as-prompt.csv", text("id,description\n1,A jar of honey\n"),
         plan(ready(2, "1", "A jar of honey"),
              warnings=("Column 'description' is read as 'prompt'.",))),
    Case("description-beside-recipes.csv",
         text("id,description,recipe,scene\n1,A jar of honey,lifestyle,A beach\n"),
         plan(ready(2, "1", "A beach. The light is natural daylight from one side. In the foreground "
                    "of this scene, and its point of focus, stands one retail product in its own "
                    "packaging. The surroundings fall softly out of focus, and there is no other "
                    "writing.", size="2688*1536", prompt_extend=False))),
    Case("shopify-export.csv",
         text("Handle,Title,Body (HTML),Image Prompt,Status\n"
              "jade-cream,Jade Cream,<p>Soft</p>,A jar,active\n"
              "jade-cream,,,A jar from above,active\nlongjing,Longjing,<b>Tea</b>,A tin,draft\n"),
         plan(ready(2, "jade-cream", "A jar"),
              invalid(3, "jade-cream",
                      "The Handle 'jade-cream' is already used in row 2: make it unique."),
              ready(4, "longjing", "A tin"))),
    Case("former-results.csv",
         text("slug,prompt,status,image_url,preview,error,cost_usd\n"
              'a,Jar,published,https://cdn/x.webp,"=IMAGE(""https://cdn/x.webp"")",,0.025\n'
              ",,published,https://cdn/y.webp,,,0.025\n"),
         plan(ready(2, "a", "Jar"))),
    Case("google-checkboxes.csv",
         text("slug,prompt,redo,approved\na,Jar,FALSE,FALSE\nb,Tea,TRUE,FALSE\nc,Cup,FALSE,TRUE\n"
              + ",,FALSE,FALSE\n" * 20),
         plan(ready(2, "a", "Jar"), ready(3, "b", "Tea", redo="yes"),
              ready(4, "c", "Cup", approved=True))),
    Case("ticks.csv",
         text("slug,prompt,redo,approved\na,Jar,0,no\nb,Jar,否,\nc,Jar,1,✓\nd,Jar,X,是\n"
              "e,Jar,less  light\u00a0please,yes\nf,Jar,,later\n"),
         plan(ready(2, "a", "Jar"), ready(3, "b", "Jar"),
              ready(4, "c", "Jar", redo="yes", approved=True),
              ready(5, "d", "Jar", redo="yes", approved=True),
              ready(6, "e", "Jar", redo="less light please", approved=True),
              invalid(7, "f", "'approved' must be yes or no, and the cell says 'later'."))),
    Case("sizes.csv",
         text("slug,prompt,size\na,Jar,2048x2048\nb,Jar,2048×2048\nc,Jar,2048 * 2048\nd,Jar,1:1\n"
              "e,Jar,square\nf,Jar,16/9\ng,Jar,竖版\nh,Jar,32:18\ni,Jar,1024x1024\nj,Jar,3:2\n"
              "k,Jar,XL\nl,Jar,2688 X 1536 px\n"),
         plan(*[ready(row, slug, "Jar") for row, slug in enumerate("abcde", start=2)],
              ready(7, "f", "Jar", size="2688*1536"), ready(8, "g", "Jar", size="1728*2368"),
              ready(9, "h", "Jar", size="2688*1536"),
              *[invalid(row, slug, f"qwen-image-2.0 does not take the size {value}: use {SHAPES}; {hint}.")
                for row, slug, value, hint in (
                    (10, "i", "'1024x1024'", "the nearest is 1:1 (2048×2048)"),
                    (11, "j", "'3:2'", "the nearest is 4:3 (2368×1728)"),
                    (12, "k", "'XL'", "if 'size' is the product's own size, give that column another "
                                      "name"))],
              ready(13, "l", "Jar", size="2688*1536"))),
    Case("size-and-aspect.csv",
         text("slug,prompt,size,aspect,input.size\na,Jar,,4:3,\nb,Jar,2368x1728,4:3,4:3\n"
              "c,Jar,1:1,4:3,\n"),
         plan(ready(2, "a", "Jar", size="2368*1728"), ready(3, "b", "Jar", size="2368*1728"),
              invalid(4, "c", "'size' and 'aspect' ask for different sizes: leave one of them "
                              "empty."))),
    Case("everything-wrong.csv",
         text("slug,prompt,model,size,seed,negative_prompt,input.colour\n"
              "a,,qwen-image-2,1:1,,,\nb,{label} jar {,flux-schnell,2:1,5,blurry,red\n"
              "c,Jar,,2:1,many,,\nd,Jar,,,-1,,\ne,Jar,,,2147483648,,\nf,Jar,,,1.5,,\n,Jar,,,,,\n"),
         plan(
             invalid(2, "a", NO_PROMPT, "There is no model 'qwen-image-2' (did you mean "
                     f"'qwen-image-2.0'?): use {MODELS}.", model="qwen-image-2"),
             invalid(3, "b",
                     "The prompt refers to {label}, but the sheet has no such column: correct it, or "
                     "write {{ and }} for real braces.",
                     "The prompt has a brace without its partner: write {{ or }} for a real brace.",
                     f"{FLUX} does not take the size '2:1': use {SHAPES}; the nearest is 16:9.",
                     f"{FLUX} does not take 'seed': empty that cell, or use another model.",
                     f"{FLUX} does not take 'negative_prompt': empty that cell, or use another model.",
                     f"{FLUX} does not take 'input.colour': empty that cell, or use "
                     "input.num_inference_steps.", model=FLUX),
             invalid(4, "c", f"{QWEN} does not take the size '2:1': use {SHAPES}; the nearest is 16:9 "
                     "(2688×1536).",
                     "'seed' must be a whole number, and the cell says 'many'; if that column "
                     "describes the product, give it another name."),
             invalid(5, "d", "'seed' must be 0 to 2147483647, and the cell says '-1'."),
             invalid(6, "e", "'seed' must be 0 to 2147483647, and the cell says '2147483648'."),
             invalid(7, "f", "'seed' must be a whole number, and the cell says '1.5'."),
             invalid(8, "", NO_SLUG))),
    Case("models.csv",
         text("slug,prompt,model,size,input.resolution,input.quality,input.image_input\n"
              "a,Jar,gpt-image-2,16:9,4k,,\nb,Jar,seedream,,,High,\nc,Jar,NANO-BANANA-PRO,,,,\n"
              "d,Jar,Nano-Banana-2,,,,http://x/a.png\ne,Jar,seedream,auto,,best,\nf,Jar,seedream,,,,\n"),
         plan(
             ready(2, "a", "Jar", model="gpt-image-2/text-to-image", aspect_ratio="16:9",
                   resolution="4K", cost="0.06"),
             invalid(3, "b", "The prompt has 3 characters, and seedream-5.0-pro/text-to-image needs "
                     "at least 4: say more.", model="seedream-5.0-pro/text-to-image"),
             invalid(4, "c", "The price of Nano-Banana-Pro is not known yet, so nothing is bought: run "
                     "'rowshot models refresh', or use another model.", model="Nano-Banana-Pro"),
             invalid(5, "d", "'input.image_input' must hold web addresses that start with https://, "
                     "and the cell says 'http://x/a.png'.",
                     "The price of Nano-Banana-2 is not known yet, so nothing is bought: run "
                     "'rowshot models refresh', or use another model.", model="Nano-Banana-2"),
             invalid(6, "e", "seedream-5.0-pro/text-to-image does not take the size 'auto': use 1:1, "
                     "4:3, 3:4, 3:2, 2:3, 16:9, 9:16 or 21:9.",
                     "seedream-5.0-pro/text-to-image does not take 'best' for 'input.quality': use "
                     "basic or high.",
                     "The prompt has 3 characters, and seedream-5.0-pro/text-to-image needs at least "
                     "4: say more.", model="seedream-5.0-pro/text-to-image"),
             invalid(7, "f", "The prompt has 3 characters, and seedream-5.0-pro/text-to-image needs "
                     "at least 4: say more.", model="seedream-5.0-pro/text-to-image"))),
    Case("duplicate-slugs.csv",
         text("slug,prompt\na,Jar\nA,Jar\n a ,Tea\nCafe\u0301,Jar\nCafé,Tea\na,Cup\n"),
         plan(ready(2, "a", "Jar"), ready(3, "A", "Jar"),
              invalid(4, "a", "The slug 'a' is already used in row 2: make it unique."),
              ready(5, "Café", "Jar"),
              invalid(6, "Café", "The slug 'Café' is already used in row 5: make it unique."),
              invalid(7, "a", "The slug 'a' is already used in row 2: make it unique."))),
    Case("nasty-slugs.csv",
         text("slug,prompt\n../../etc/passwd,Jar\n.,Jar\n!!!,Jar\ncon,Jar\n" + "x" * 201 + ",Jar\n"
              "茶/绿,Jar\n0017,Jar\n17.0,Jar\n6.92E+12,Jar\n\"a\nb\",Jar\n🍵,Jar\n#N/A,Jar\n"),
         plan(ready(2, "../../etc/passwd", "Jar"), invalid(3, ".", unusable("'.'")),
              invalid(4, "!!!", unusable("'!!!'")), ready(5, "con", "Jar"),
              invalid(6, "x" * 201, unusable(f"'{'x' * 59}…'")), ready(7, "茶/绿", "Jar"),
              ready(8, "0017", "Jar"), ready(9, "17.0", "Jar"),
              invalid(10, "6.92E+12", "The slug '6.92E+12' is a long number that a spreadsheet has "
                      "shortened: format that column as text and enter the number again."),
              invalid(11, "a\nb", unusable("'a b'")), invalid(12, "🍵", unusable("'🍵'")),
              invalid(13, "#N/A", unusable("'#N/A'")))),
    Case("error-cells.csv",
         text("slug,prompt,size,model,backdrop\na,#REF!,1:1,,\nb,Jar,#N/A,Err:502,\n"
              "c,Jar,1:1,,#NAME?\nd,{backdrop} jar,1:1,,#VALUE!\ne,A ja\ufffd,,,\n"),
         plan(invalid(2, "a", "The cell 'prompt' shows the error '#REF!': correct its formula and "
                      "export again."),
              invalid(3, "b", "The cell 'size' shows the error '#N/A': correct its formula and export "
                      "again.",
                      "The cell 'model' shows the error 'Err:502': correct its formula and export "
                      "again."),
              ready(4, "c", "Jar"),
              invalid(5, "d", "The cell 'backdrop' shows the error '#VALUE!': correct its formula and "
                      "export again."),
              invalid(6, "e", "The cell 'prompt' holds the sign � for lost characters: type its text "
                      "again."))),
    Case("templates.csv",
         text("slug,prompt,label zh,Colour name,price,status\n"
              "a,A {Colour Name} jar “{label_zh}” for {price},玉容霜,deep jade,99 元,\n"
              "b,Real {{braces}} and {label_zh},{price},x,1,\nc,{prompt} {status} {0} {label_zh.x},x,,,\n"
              "d,{Colour name} jar,,,,\n"),
         plan(ready(2, "a", "A deep jade jar “玉容霜” for 99 元"),
              ready(3, "b", "Real {braces} and {price}", warnings=(
                  "The prompt says '{{braces}}', but the sheet has no such column, so it is sent as "
                  "'{braces}'.",)),
              invalid(4, "c", *[
                  f"The prompt refers to {{{name}}}, but the sheet has no such column: correct it, or "
                  "write {{ and }} for real braces."
                  for name in ("prompt", "status", "0", "label_zh.x")]),
              invalid(5, "d", "The prompt refers to {Colour name}, but that cell is empty."))),
    Case("recipes.csv",
         text("slug,recipe,prompt,product,label_zh,colourways,price,badge,headline_en,scene\n"
              "a,白底图,,a jar,玉,,,,,\nb,variants,,a cup,,\"red, blue；ink\",,,,\nc,variants,,a cup,,red,,,,\n"
              "d,banner,,,,,,,,\ne,Listing Card,,,,,99,,,\nf,portrait,,,,,,,,\ng,lifestyle,My own words,,,,,,,\n"
              "h,lifestyle,,,,,,,,A beach.\n"),
         plan(
             ready(2, "a", "Studio photograph of a jar, alone, upright and centred, seen straight on. "
                   "The backdrop is one plain, even colour: warm ivory. The label on it reads “玉” in "
                   "bold serif. Lit by a single directional light (soft key light from the upper "
                   "left), with one short soft shadow. No props, no hands and no other writing; the "
                   "label is in the sharpest focus.", prompt_extend=False),
             ready(3, "b", "A straight row of 3 pieces of the same product, a cup. From left to right "
                   "their colours are: red, blue and ink. Shape, size, spacing, lighting and shadow "
                   "are identical, only the colour differs. The backdrop is plain light warm grey, the "
                   "light is soft light from the upper left; nothing else is shown.",
                   prompt_extend=False),
             invalid(4, "c", "The recipe 'variants' shows 2 to 8 colours in one picture, but "
                     "'colourways' lists 1: separate them with commas."),
             invalid(5, "d", "The recipe 'banner' needs 'headline_zh' or 'headline_en': fill that cell "
                     "in."),
             invalid(6, "e", "The recipe 'listing-card' needs 'product', 'label_zh' or 'label_en': "
                     "fill that cell in."),
             invalid(7, "f", f"There is no recipe 'portrait': use {RECIPES}."),
             ready(8, "g", "My own words", size="2688*1536", prompt_extend=False),
             ready(9, "h", "A beach. The light is natural daylight from one side. In the foreground of "
                   "this scene, and its point of focus, stands one retail product in its own "
                   "packaging. The surroundings fall softly out of focus, and there is no other "
                   "writing.", size="2688*1536", prompt_extend=False),
             warnings=("The price '99' in row 6 has no currency; it is drawn exactly so.",))),
    Case("personal.csv",
         text("slug,recipe,prompt,name,ttl_days\n"
              "a,personal,Happy birthday {name}!,Lin,\nb,personal,Happy birthday {name}!,Lin,0\n"
              "c,personal,,,30\n"),
         plan(ready(2, "a", "Happy birthday Lin!", size="2688*1536", prompt_extend=False),
              invalid(3, "b", "'ttl_days' must be 1 to 3650, and the cell says '0'."),
              invalid(4, "c", "The recipe 'personal' needs 'name': fill that cell in."))),
    Case("control-characters.csv", text("slug,prompt\na,A \x08jar\nb\x07,Jar\n"),
         plan(invalid(2, "a", "The cell 'prompt' holds invisible control characters: type its text "
                      "again."),
              invalid(3, "b\x07", unusable("'b'")))),
]  # fmt: skip
