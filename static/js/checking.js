// While files are being checked: look every few seconds and put the new state in place, without a reload that
// would lose where the reader is. Without this file the page refreshes itself (a meta element in a noscript).
"use strict";

(() => {
  const place = () => document.querySelector("main");
  const running = () => document.querySelector("[data-checking]");

  const look = async () => {
    try {
      const response = await fetch(location.href, { headers: { Accept: "text/html" } });
      const page = response.ok && !response.redirected && new DOMParser().parseFromString(await response.text(), "text/html");
      const main = page && page.querySelector("main");
      if (main && main.textContent !== place().textContent) {
        document.title = page.title;
        const focused = document.activeElement?.id;
        place().replaceChildren(...main.childNodes);
        if (focused) document.getElementById(focused)?.focus();
        if (!running()) announce();
      }
    } catch { /* no answer now; the next look may have one */ }
    later();
  };

  const announce = () => {
    const said = document.createElement("p");
    said.setAttribute("role", "status");
    said.className = "sr";
    place().append(said);
    said.textContent = document.querySelector("#h-files")?.textContent ?? "All files were checked.";
  };

  const later = () => {
    const section = running();
    if (section) setTimeout(look, Number(section.dataset.checking) * 1000);
  };

  later();
})();
