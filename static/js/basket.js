// A quantity, or for whom a line is, is saved as soon as it is chosen; the page stays where it is, and so does a
// prescription that is being filled in. Without this file each line has a button that does it.
"use strict";

(() => {
  const WAIT = 400; // ms: arrow keys pass through choices that nobody means
  document.documentElement.classList.add("with-scripts"); // before the page is drawn
  const timers = new WeakMap();
  let last = 0;

  const place = (page) => {
    for (const line of document.querySelectorAll(".lines > li")) {
      const now = page.getElementById(line.id);
      const [form, fresh] = [line, now].map((one) => one?.querySelector(".todo form:has([type=file])"));
      if (form && fresh) fresh.replaceWith(form);
    }
    document.querySelector("main").replaceChildren(...page.querySelector("main").childNodes);
    document.title = page.title;
  };
  const announce = () => {
    let said = document.getElementById("basket-said");
    if (!said) {
      said = Object.assign(document.createElement("p"), { id: "basket-said", className: "sr" });
      said.setAttribute("role", "status");
      document.body.append(said);
    }
    said.textContent = `Basket updated. Total: ${document.querySelector("[data-line=total] dd")?.textContent ?? "none"}`;
  };
  const save = async (form) => {
    const mine = ++last;
    const focused = document.activeElement?.id;
    try {
      const answer = await fetch(form.action, { method: "POST", body: new URLSearchParams(new FormData(form)) });
      const page = new DOMParser().parseFromString(await answer.text(), "text/html");
      if (mine !== last) return; // a later choice is on its way
      if (!answer.ok || !answer.redirected || !new URL(answer.url).pathname.endsWith("/basket")) throw new Error("no basket");
      place(page);
      if (focused) document.getElementById(focused)?.focus();
      announce();
    } catch {
      form.submit(); // the page that answers says what is wrong
    }
  };

  document.addEventListener("change", (event) => {
    const form = event.target.closest("form[data-update]");
    if (!form || [...form.elements].some((field) => field.name === "patient" && field.value === "")) return;
    clearTimeout(timers.get(form));
    timers.set(form, setTimeout(save, WAIT, form));
  });
})();
