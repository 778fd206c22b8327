// The desk with a keyboard: single keys press the buttons that show them, and turning or enlarging the document
// needs no round trip. Without this file every button still works.
"use strict";

(() => {
  const typing = (element) => element?.matches("input:not([type=checkbox]), textarea, select, [contenteditable]");
  const byKey = { a: "[name=decision][value=approve]", q: "[name=decision][value=ask]", r: "[name=decision][value=refuse]",
    c: "#entry .entry-tools [value=check]", j: "[rel=next]", "-": "[name=do][value=smaller]", "+": "[name=do][value=larger]",
    "=": "[name=do][value=larger]", 0: "[name=do][value=fit]", "[": "[name=do][value=left]", "]": "[name=do][value=right]" };
  const STORED = "formulary-keys";
  const toggle = document.querySelector(".keys");
  let on = true;
  try { on = localStorage.getItem(STORED) !== "off"; } catch { /* private mode: on for this page */ }

  const say = () => {
    toggle.textContent = `Keys: ${on ? "on" : "off"}`;
    toggle.setAttribute("aria-pressed", String(on));
  };
  if (toggle) {
    toggle.parentElement.hidden = false;
    say();
    toggle.addEventListener("click", () => {
      on = !on;
      say();
      try { localStorage.setItem(STORED, on ? "on" : "off"); } catch { /* private mode */ }
    });
  }
  document.addEventListener("keydown", (event) => {
    if (!on || event.defaultPrevented || event.ctrlKey || event.metaKey || event.altKey || typing(event.target)) return;
    const target = byKey[event.key.toLowerCase()];
    const button = target && document.querySelector(target);
    if (!button) return;
    event.preventDefault();
    button.click();
  });

  // --- The document: the same steps as the server's, on the drawing itself ------------------------------------
  const sheet = document.querySelector(".sheet");
  const fields = Object.fromEntries(["turn", "zoom"].map((name) => [name, document.querySelector(`#entry [name=${name}]`)]));
  if (sheet && fields.turn && fields.zoom) {
    const image = sheet.querySelector("image");
    const [width, height] = ["width", "height"].map((name) => Number(image.getAttribute(name)));
    const zooms = [100, 150, 200, 300];
    const show = () => {
      const turn = Number(fields.turn.value), zoom = Number(fields.zoom.value), lies = turn % 180 !== 0;
      sheet.setAttribute("viewBox", `0 0 ${lies ? height : width} ${lies ? width : height}`);
      sheet.setAttribute("width", `${zoom}%`);
      image.setAttribute("transform", { 0: "", 90: `translate(${height} 0) rotate(90)`,
        180: `translate(${width} ${height}) rotate(180)`, 270: `translate(0 ${width}) rotate(270)` }[turn]);
      sheet.parentElement.classList.toggle("zoomed", zoom > 100);
    };
    const steps = {
      smaller: () => { fields.zoom.value = zooms[Math.max(0, zooms.indexOf(Number(fields.zoom.value)) - 1)]; },
      larger: () => { fields.zoom.value = zooms[Math.min(3, zooms.indexOf(Number(fields.zoom.value)) + 1)]; },
      fit: () => { fields.zoom.value = 100; },
      left: () => { fields.turn.value = (Number(fields.turn.value) + 270) % 360; },
      right: () => { fields.turn.value = (Number(fields.turn.value) + 90) % 360; },
    };
    document.querySelectorAll(".toolbar [name=do]").forEach((button) => button.addEventListener("click", (event) => {
      const step = steps[button.value];
      if (!step) return;
      event.preventDefault();
      step();
      show();
    }));
  }

  // --- Prescribers of the directory while somebody types; choosing one fills what it knows ---------------------
  const finder = document.querySelector("[data-prescribers]");
  const name = finder?.querySelector("input");
  const found = finder?.querySelector(".found");
  let asked = new AbortController();
  const fill = (one) => {
    for (const field of ["name", "npi", "license", "address", "phone"]) {
      const input = document.getElementById(`prescriber_${field}`);
      if (input) input.value = one[field];
    }
    found.hidden = true;
    name.focus();
  };
  const offer = (one) => {
    const entry = document.createElement("li");
    const button = Object.assign(document.createElement("button"), { type: "button", className: "link", textContent: one.name });
    button.addEventListener("click", () => fill(one));
    const more = [one.npi || one.license, one.address].filter(Boolean).join(", ");
    entry.append(button, " ", Object.assign(document.createElement("span"), { className: "soft", textContent: more }));
    return entry;
  };
  name?.addEventListener("input", async () => {
    asked.abort();
    asked = new AbortController();
    if (name.value.trim().length < 2) { found.hidden = true; return; }
    try {
      const query = new URLSearchParams({ q: name.value });
      const answer = await fetch(`${finder.dataset.prescribers}?${query}`, { signal: asked.signal, headers: { Accept: "application/json" } });
      if (!answer.ok) return;
      const entries = (await answer.json()).found.map(offer);
      found.replaceChildren(...entries);
      found.hidden = !entries.length;
    } catch (error) {
      if (error.name !== "AbortError") throw error;
    }
  });

  // --- A list that narrows while somebody types: the page itself with the words so far -------------------------
  const narrowing = document.querySelector("[data-narrows]");
  const list = narrowing && document.getElementById(narrowing.dataset.narrows);
  narrowing?.addEventListener("input", async () => {
    asked.abort();
    asked = new AbortController();
    const address = `${narrowing.action}?${new URLSearchParams(new FormData(narrowing))}`;
    try {
      const answer = await fetch(address, { signal: asked.signal });
      if (!answer.ok) return;
      const page = new DOMParser().parseFromString(await answer.text(), "text/html");
      list.replaceChildren(...page.getElementById(list.id).childNodes);
      history.replaceState(null, "", address);
    } catch (error) {
      if (error.name !== "AbortError") throw error;
    }
  });

  document.getElementById("problems")?.focus();
})();
