// A page that answered a form stands in the history as that form: a browser that comes back to it would ask to
// send it again, or show an error. So its entry becomes the form's own page: at once where nothing was typed, else
// when the reader leaves (until then, reloading keeps what was typed). Without this file the browser asks.
"use strict";

(() => {
  const { page, atOnce } = document.currentScript.dataset;
  const settle = () => history.replaceState(null, "", page);
  if (atOnce !== undefined) { settle(); return; }
  // only addresses that mean the same wherever they stand
  const whole = (address) => /^(\/|https?:)/.test(address ?? "");
  addEventListener("click", (event) => {
    const link = event.target.closest?.("a[href]");
    if (!link || event.ctrlKey || event.metaKey || event.shiftKey || link.target || !whole(link.getAttribute("href"))) return;
    settle();
  });
  addEventListener("submit", (event) => {
    if (!event.defaultPrevented && (whole(event.target.getAttribute("action")) || location.pathname === page)) settle();
  });
})();
