// Suggestions under a search box while somebody types, after the pattern of an ARIA combobox with a list.
// Without this file, or without an answer, the box leads to the page of results as any form does.
"use strict";

(() => {
  const WAIT = 120; // ms without a key before asking
  const KEPT = 50; // answers remembered
  const answers = new Map();

  const ask = async (text, signal) => {
    if (answers.has(text)) return answers.get(text);
    const response = await fetch(`/suggest?${new URLSearchParams({ q: text })}`, { signal, headers: { Accept: "application/json" } });
    if (!response.ok) throw new Error("no answer");
    const { groups } = await response.json();
    if (answers.size >= KEPT) answers.delete(answers.keys().next().value);
    answers.set(text, groups);
    return groups;
  };

  const made = (name, attributes, ...inside) => {
    const element = document.createElement(name);
    Object.entries(attributes).forEach(([key, value]) => element.setAttribute(key, value));
    element.append(...inside);
    return element;
  };

  const equip = (input) => {
    const list = made("div", { role: "listbox", id: `${input.id}-list`, class: "suggestions", "aria-label": "Suggestions" });
    const said = made("span", { role: "status", class: "sr" });
    list.hidden = true;
    input.parentElement.append(list, said);
    Object.entries({ role: "combobox", "aria-autocomplete": "list", "aria-expanded": "false", "aria-controls": list.id, autocomplete: "off" })
      .forEach(([key, value]) => input.setAttribute(key, value));
    let options = [], active = -1, timer = 0, asking = null;

    const point = (index) => {
      options[active]?.setAttribute("aria-selected", "false");
      active = index;
      const option = options[active];
      if (!option) { input.removeAttribute("aria-activedescendant"); return; }
      option.setAttribute("aria-selected", "true");
      option.scrollIntoView({ block: "nearest" });
      input.setAttribute("aria-activedescendant", option.id);
    };
    const close = () => {
      clearTimeout(timer);
      asking?.abort();
      point(-1);
      list.hidden = true;
      input.setAttribute("aria-expanded", "false");
    };
    const option = (item, number) => made("a", { role: "option", id: `${list.id}-${number}`, href: item.url, tabindex: "-1", "aria-selected": "false" },
      made("span", {}, item.name), ...(item.note ? [" ", made("small", {}, item.note)] : []));
    const show = (groups) => {
      point(-1);
      options = [];
      list.replaceChildren(...groups.map((group, at) => {
        const title = made("div", { class: "suggestions-title", id: `${list.id}-g${at}`, role: "presentation" }, group.title);
        const own = group.items.map((item, i) => option(item, options.length + i));
        options.push(...own);
        return made("div", { role: "group", "aria-labelledby": title.id }, title, ...own);
      }));
      list.hidden = options.length === 0;
      input.setAttribute("aria-expanded", String(!list.hidden));
      said.textContent = options.length === 1 ? "1 suggestion" : `${options.length || "No"} suggestions`;
    };
    const look = async () => {
      asking?.abort();
      const text = input.value.trim().replace(/\s+/g, " ");
      if (!text) { close(); said.textContent = ""; return; }
      asking = new AbortController();
      const { signal } = asking;
      try {
        const groups = await ask(text, signal);
        if (!signal.aborted && document.activeElement === input) show(groups);
      } catch {
        if (!signal.aborted) close(); // offline, say: the form still works
      }
    };

    input.addEventListener("input", (event) => {
      if (event.isComposing) return;
      clearTimeout(timer);
      asking?.abort(); // an answer to what stood there before would be a wrong one
      timer = setTimeout(look, WAIT);
    });
    input.addEventListener("keydown", (event) => {
      if (event.isComposing) return;
      const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
      if (step) {
        event.preventDefault();
        if (list.hidden) { look(); return; }
        const places = options.length + 1; // the box itself is one
        point((active + 1 + step + places) % places - 1);
      } else if (event.key === "Escape" && !list.hidden) {
        event.preventDefault(); // once closes the list, twice empties the box
        close();
      } else if (event.key === "Enter" && !list.hidden && options[active]) {
        event.preventDefault();
        options[active].click();
      }
    });
    list.addEventListener("pointerdown", (event) => event.preventDefault()); // the box keeps the focus
    input.addEventListener("blur", close);
    input.form.addEventListener("submit", close);
  };

  const start = () => document.querySelectorAll("input[data-suggest]").forEach(equip);
  if (document.readyState === "loading") document.addEventListener("DOMContentLoaded", start);
  else start();
})();
