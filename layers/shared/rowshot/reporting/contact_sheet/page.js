"use strict";
(() => {
  const entries = [...document.querySelectorAll(".entry")];
  const sections = [...document.querySelectorAll("main section")];
  const tools = document.querySelector(".tools");
  const buttons = [...tools.querySelectorAll("[data-filter]")];
  const search = tools.querySelector("input");
  const found = document.querySelector(".found");
  const nothing = document.querySelector(".nothing");
  const texts = new Map();
  let status = "";

  const textOf = (entry) => {
    if (!texts.has(entry)) texts.set(entry, entry.textContent.toLowerCase());
    return texts.get(entry);
  };

  const apply = () => {
    const words = search.value.toLowerCase().split(/\s+/).filter(Boolean);
    let count = 0;
    for (const entry of entries) {
      const text = words.length ? textOf(entry) : "";
      const fits = (!status || entry.dataset.status === status) && words.every((w) => text.includes(w));
      entry.hidden = !fits;
      count += fits;
    }
    for (const section of sections) section.hidden = !section.querySelector(".entry:not([hidden])");
    for (const button of buttons) button.setAttribute("aria-pressed", button.dataset.filter === status);
    nothing.hidden = count > 0;
    found.textContent = count === 1 ? "1 row" : `${count} rows`;
  };

  for (const button of buttons) {
    button.addEventListener("click", () => { status = button.dataset.filter; apply(); });
  }
  search.addEventListener("input", apply);
  tools.hidden = false;

  const dialog = document.querySelector("dialog");
  const part = (name) => dialog.querySelector(name);
  const picture = part(".stage img");
  let shown = [];
  let at = 0;

  const frames = () => [...document.querySelectorAll(".entry:not([hidden]) a.frame")];

  const show = (index) => {
    at = (index + shown.length) % shown.length;
    const frame = shown[at];
    const entry = frame.closest(".entry");
    const more = entry.querySelector(".more");
    const title = part("h2");
    const name = entry.querySelector("h3");
    picture.removeAttribute("src");
    picture.src = frame.href;
    picture.alt = frame.querySelector("img").alt;
    title.textContent = name.textContent;
    title.lang = name.lang;
    part(".position").textContent = `${at + 1} of ${shown.length}`;
    part(".line").replaceChildren(...[...entry.querySelectorAll(".status, .row")].map((n) => n.cloneNode(true)));
    part(".text").replaceChildren(...(more ? [more.cloneNode(true)] : []));
    part(".open").href = frame.href;
    for (const step of [1, -1]) {
      if (shown.length > 1) new Image().src = shown[(at + step + shown.length) % shown.length].href;
    }
  };

  document.querySelector("main").addEventListener("click", (event) => {
    const frame = event.target.closest("a.frame");
    if (!frame || event.metaKey || event.ctrlKey || event.shiftKey || !dialog.showModal) return;
    event.preventDefault();
    shown = frames();
    show(shown.indexOf(frame));
    dialog.classList.toggle("single", shown.length === 1);
    dialog.showModal();
    dialog.scrollTop = 0;
  });

  part(".previous").addEventListener("click", () => show(at - 1));
  part(".next").addEventListener("click", () => show(at + 1));
  part(".close").addEventListener("click", () => dialog.close());
  part(".stage").addEventListener("click", (event) => { if (event.target !== picture) dialog.close(); });
  dialog.addEventListener("close", () => {
    picture.removeAttribute("src");
    shown[at].focus();
  });

  document.addEventListener("keydown", (event) => {
    if (dialog.open) {
      const step = { ArrowRight: 1, ArrowLeft: -1 }[event.key];
      if (step) { event.preventDefault(); show(at + step); }
    } else if (event.key === "/" && document.activeElement !== search) {
      event.preventDefault();
      search.focus();
    }
  });

  addEventListener("beforeprint", () => {
    for (const image of document.querySelectorAll("img[loading]")) image.loading = "eager";
  });
})();
