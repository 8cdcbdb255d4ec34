// The live page: keeps a copy of the run's rows, patched by server-sent events. Whatever comes from
// the sheet goes in as text, never as markup.
"use strict";


const $ = (id) => document.getElementById(id);
let statuses = {};  // word -> {tone, at_work, ready, final}, in the order in which they are shown
const rows = new Map();  // number -> {data, item, button, haystack}
let head = { counts: {}, total: 0, open: true, spent: "$0.00", estimate: "$0.00" };
let filter = "";
let opened = 0;  // the row that the dialog shows
let looked = 0;  // counts the dialog's requests, so that a late answer changes nothing
let lost = false;
let gone = false;  // the command has ended, and its server with it

// ------------------------------------------------------------------ news

const source = new EventSource("events");
source.onmessage = (event) => {
  const first = rows.size === 0;
  const news = JSON.parse(event.data);
  lost = false;
  statuses = news.statuses || statuses;
  for (const row of news.rows) take(row, first);
  if (head.open && !news.open) keepPictures();
  head = news;
  if (news.rows.length) $("nothing").hidden = true;
  showHead();
  showFilters();
  if (news.rows.length) applyFilter();
  if (opened && news.rows.some((row) => row.number === opened)) look(opened, true);
};
source.addEventListener("bye", () => {
  source.close();
  gone = true;
  showHead();
});
source.onerror = () => {
  if (!head.open) return source.close();
  lost = true;
  showHead();
};

function take(data, quiet) {
  const known = rows.get(data.number);
  const row = known || build(data.number);
  const before = row.data || {};
  row.data = data;
  row.haystack =
    `${data.number} ${data.slug} ${data.prompt} ${data.status} ${data.error}`.toLowerCase();
  paint(row, before, quiet);
  if (!known) insert(row);
}

function build(number) {
  const item = $("row").content.firstElementChild.cloneNode(true);
  const button = item.firstElementChild;
  button.addEventListener("click", () => open(number));
  const thumb = button.querySelector(".thumb");
  thumb.firstElementChild.addEventListener("load", () => thumb.classList.add("has"));
  const row = { item, button };
  rows.set(number, row);
  return row;
}

function insert(row) {
  const list = $("rows");
  row.item.dataset.number = row.data.number;
  let after = list.lastElementChild;
  while (after && Number(after.dataset.number) > row.data.number) after = after.previousElementSibling;
  if (after) after.after(row.item); else list.prepend(row.item);
}

function paint(row, before, quiet) {
  const { data, item, button } = row;
  item.dataset.status = data.status;
  item.dataset.tone = statuses[data.status].tone;
  button.querySelector(".index").textContent = data.number;
  button.querySelector(".name b").textContent = data.slug || "(no name)";
  const version = data.version > 1 ? `version ${data.version}` : "";
  button.querySelector(".name small").textContent =
    [data.recipe, data.size.replace("*", "×"), version].filter(Boolean).join(" · ");
  button.querySelector(".prompt").textContent = data.prompt;
  button.querySelector(".status").textContent = data.status;
  button.querySelector(".why").textContent = data.error;
  button.querySelector(".cost").textContent = data.cost;
  const thumb = button.querySelector(".thumb");
  const image = thumb.firstElementChild;
  if (data.picture !== before.picture) {
    if (!data.picture) thumb.classList.remove("has");
    image.hidden = !data.picture;
    if (data.picture) {
      image.loading = head.open ? "lazy" : "eager";
      image.src = data.picture.replace(/\.webp$/, "-480.webp");
      again(image, quiet);
    }
  }
  if (isReady(data) && !isReady(before)) again(button, quiet);
}

function isReady({ status }) {
  return Boolean(status) && statuses[status].ready;
}

// The server goes with the command: what is not on the page by then cannot be fetched any more.
function keepPictures() {
  for (const { button } of rows.values()) button.querySelector("img").loading = "eager";
}

function again(element, quiet) {
  element.classList.remove("fresh");
  if (quiet) return;
  void element.offsetWidth;  // restarts the animation
  element.classList.add("fresh");
}

// ------------------------------------------------------------------ the top

function showHead() {
  const { counts, total, ready } = head;
  $("sheet").textContent = head.sheet || "";
  $("done").textContent = ready || 0;
  $("total").textContent = total;
  $("simulated").hidden = !head.simulated;
  $("spent-name").textContent = head.simulated ? "Would have cost (simulated)" : "Spent";
  $("spent").textContent = head.spent;
  $("estimate").textContent = head.estimate;
  $("flying").textContent = coming(counts);
  $("time-name").textContent = head.open ? "Time left" : "Took";
  $("time").textContent = head.open ? (head.left === null ? "–" : `~${duration(head.left)}`) : duration(head.elapsed);
  const running = head.open && !lost;
  $("state").textContent = lost ? "The command that shows this page has stopped" : stateOf(head);
  document.body.dataset.run = running ? "running"
    : !lost && head.status === "finished" ? "finished" : "trouble";
  $("notice").hidden = !head.reason;
  $("notice").textContent = head.reason || "";
  document.title = total ? `${ready}/${total} ${head.sheet}` : head.sheet || "Rowshot";
  $("cancel").hidden = !running || !total || head.status === "cancelling";
  showWarnings($("warnings"), head.warnings || []);
  showResults();
  showBar(counts);
}

function stateOf({ open, status, counts, total }) {
  if (!open) return status.charAt(0).toUpperCase() + status.slice(1);
  if (status !== "cancelling" && status !== "stopping") return total ? "Rendering" : "Reading the sheet";
  const number = coming(counts);
  const word = status === "cancelling" ? "Cancelling" : "Stopping";
  if (!number) return word;
  return `${word}: ${number} ${number === 1 ? "picture is" : "pictures are"} still being collected`;
}

function coming(counts) {
  return Object.entries(counts).reduce((sum, [word, number]) => sum + (statuses[word].at_work ? number : 0), 0);
}

function showWarnings(list, warnings) {
  if (list.textContent === warnings.map((each) => `Warning: ${each}`).join("")) return;
  list.replaceChildren(...warnings.map((each) => {
    const item = document.createElement("li");
    item.textContent = `Warning: ${each}`;
    return item;
  }));
}

function showResults() {
  $("after").hidden = !head.results;
  $("folder").textContent = head.results ? `Results are in ${head.results}` : "";
  $("results").hidden = gone;
  $("results").href = "results/index.html";
}

$("cancel").addEventListener("click", async () => {
  if (!confirm("Cancel this run? Pictures that are being made are still collected.")) return;
  $("cancel").hidden = true;
  await fetch("cancel", { method: "POST" });
});

function showBar(counts) {
  const bar = $("bar");
  for (const [status, { tone }] of Object.entries(statuses)) {
    let part = bar.querySelector(`[data-status="${status}"]`);
    if (!part) {
      part = document.createElement("span");
      part.dataset.status = status;
      part.dataset.tone = tone;
      bar.append(part);
    }
    part.hidden = !counts[status];
    part.style.flexGrow = counts[status] || 0;
  }
  const said = Object.entries(counts).map(([status, number]) => `${number} ${status}`);
  bar.setAttribute("aria-label", said.join(", "));
}

function showFilters() {
  const box = $("filters");
  if (filter && !head.counts[filter]) filter = "";
  const wanted = ["", ...Object.keys(head.counts)];
  const present = [...box.children].map((each) => each.dataset.status);
  if (wanted.join() !== present.join()) {
    box.replaceChildren(...wanted.map(filterButton));
  }
  for (const each of box.children) {
    const status = each.dataset.status;
    each.setAttribute("aria-pressed", String(status === filter));
    each.querySelector("b").textContent = status ? head.counts[status] : head.total;
  }
}

function filterButton(status) {
  const button = document.createElement("button");
  button.type = "button";
  button.dataset.status = status;
  if (status) {
    const dot = document.createElement("span");
    dot.className = "dot";
    dot.dataset.tone = statuses[status].tone;
    button.append(dot);
  }
  button.append(status || "all", " ", document.createElement("b"));
  button.addEventListener("click", () => {
    filter = status;
    showFilters();
    applyFilter();
  });
  return button;
}

function applyFilter() {
  const text = $("find").value.trim().toLowerCase();
  let shown = 0;
  for (const row of rows.values()) {
    const fits = (!filter || row.data.status === filter) && row.haystack.includes(text);
    row.item.hidden = !fits;
    shown += fits;
  }
  $("nothing").hidden = shown > 0;
  $("grid").hidden = shown === 0;
  if (!shown) $("nothing").textContent = rows.size ? "No row matches." : "The sheet is being read and priced.";
}

// ------------------------------------------------------------------ one row, large

function open(number) {
  look(number, false);
  if (!$("dialog").open) $("dialog").showModal();
}

async function look(number, sameRow) {
  opened = number;
  const mine = ++looked;
  const row = rows.get(number).data;
  const place = visible();
  $("big-place").textContent = `${place.indexOf(number) + 1} of ${place.length} · row ${number}`;
  $("big-name").textContent = row.slug || "(no name)";
  if (!sameRow) {
    showBig(row.picture, row);
    $("big-prompt").textContent = row.prompt;
    $("big-facts").replaceChildren();
    $("big-cells").replaceChildren();
    $("big-versions").hidden = true;
    $("big-all").hidden = true;
  }
  showStatus(row);
  try {
    const answer = await fetch(`rows/${number}`);
    if (!answer.ok || mine !== looked) return;
    const details = await answer.json();
    if (mine === looked) showDetails(details, row);
  } catch {
    // The command has ended: what the grid knows stays on the page.
  }
}

function showStatus(row) {
  $("big-status").textContent = row.status;
  $("big-status").dataset.tone = statuses[row.status].tone;
  $("big-error").textContent = row.error;
  $("big-error").hidden = !row.error;
  showWarnings($("big-warnings"), row.warnings || []);
}

function showBig(picture, row) {
  const image = $("big");
  image.onerror = () => {
    image.onerror = null;
    image.src = picture.replace(/\.webp$/, "-480.webp");  // the grid has fetched this one
  };
  image.hidden = !picture;
  image.alt = picture ? row.slug : "";
  if (picture && image.getAttribute("src") !== picture) image.src = picture;
  if (!picture) image.removeAttribute("src");
  $("big-none").textContent = picture ? "" : statuses[row.status].final ? "No picture" : "No picture yet";
}

function showDetails(details, row) {
  showStatus(details);
  showBig(details.picture, row);
  $("big-prompt").textContent = details.prompt || "–";
  const size = details.width ? `${details.width} × ${details.height}` : details.size.replace("*", " × ");
  fill($("big-facts"), {
    Model: details.model,
    Recipe: details.recipe,
    Size: size,
    File: details.bytes ? `${Math.round(details.bytes / 1024)} KB WebP` : "",
    Cost: details.cost && head.simulated ? `${details.cost} (simulated)` : details.cost,
    Tries: details.attempts > 1 ? details.attempts : "",
    Task: details.task_id,
    URL: details.url,
  });
  fill($("big-cells"), details.cells);
  $("big-all").hidden = false;
  showVersions(details);
}

function showVersions(details) {
  const versions = [...details.versions].reverse();
  $("big-versions").hidden = versions.length < 2;
  const buttons = versions.map(({ version, picture }) => {
    const button = document.createElement("button");
    const image = document.createElement("img");
    button.type = "button";
    image.src = picture.replace(/\.webp$/, "-480.webp");
    image.alt = "";
    button.append(image, picture === details.picture ? `version ${version}, shown in the sheet` : `version ${version}`);
    button.setAttribute("aria-pressed", String(picture === details.picture));
    button.addEventListener("click", () => {
      for (const each of buttons) each.setAttribute("aria-pressed", String(each === button));
      showBig(picture, details);
    });
    return button;
  });
  $("big-versions").lastElementChild.replaceChildren(...buttons);
}

function fill(list, facts) {
  list.replaceChildren(...Object.entries(facts).filter(([, value]) => value).map(([name, value]) => {
    const pair = document.createElement("div");
    const term = document.createElement("dt");
    const text = document.createElement("dd");
    term.textContent = name;
    if (name === "URL" && /^https?:\/\//.test(value)) {
      const link = document.createElement("a");
      link.href = value;
      link.textContent = value;
      link.target = "_blank";
      link.rel = "noopener noreferrer";
      text.append(link);
    } else {
      text.textContent = value;
    }
    pair.append(term, text);
    return pair;
  }));
}

function visible() {
  return [...$("rows").children].filter((item) => !item.hidden).map((item) => Number(item.dataset.number));
}

function step(by) {
  const place = visible();
  const at = place.indexOf(opened) + by;
  if (at >= 0 && at < place.length) look(place[at], false);
}

$("close").addEventListener("click", () => $("dialog").close());
$("previous").addEventListener("click", () => step(-1));
$("next").addEventListener("click", () => step(1));
$("dialog").addEventListener("click", (event) => {
  if (event.target === $("dialog") || event.target === $("stage")) $("dialog").close();
});
$("dialog").addEventListener("close", () => {
  const row = rows.get(opened);
  opened = 0;
  if (row) row.button.focus();
});

// ------------------------------------------------------------------ keyboard

document.addEventListener("keydown", (event) => {
  if (event.ctrlKey || event.metaKey || event.altKey) return;
  const typing = event.target instanceof HTMLInputElement;
  if ($("dialog").open) {
    if (event.key === "ArrowRight" || event.key === "ArrowDown") step(1);
    else if (event.key === "ArrowLeft" || event.key === "ArrowUp") step(-1);
    else return;
    event.preventDefault();
  } else if (event.key === "ArrowDown" || event.key === "ArrowUp") {
    move(event.key === "ArrowDown" ? 1 : -1);
    event.preventDefault();
  } else if (event.key === "/" && !typing) {
    $("find").focus();
    event.preventDefault();
  } else if (event.key === "Escape" && typing) {
    $("find").value = "";
    applyFilter();
    $("find").blur();
  }
});
$("find").addEventListener("input", applyFilter);

function move(by) {
  const buttons = visible().map((number) => rows.get(number).button);
  if (!buttons.length) return;
  const at = buttons.indexOf(document.activeElement);
  const next = at < 0 ? (by > 0 ? 0 : buttons.length - 1) : at + by;
  if (buttons[next]) buttons[next].focus();
}

// ------------------------------------------------------------------ words

function duration(seconds) {
  const minutes = Math.floor(seconds / 60);
  if (minutes >= 60) return `${Math.floor(minutes / 60)} h ${minutes % 60} min`;
  return minutes ? `${minutes} min ${seconds % 60} s` : `${seconds} s`;
}
