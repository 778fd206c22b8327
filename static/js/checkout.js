// The methods and the total of the address and the method that are chosen, as the server writes them. Without this
// file a button asks for them, and the server shows them as a step before the order is placed.
"use strict";

(() => {
  const form = document.querySelector("form.checkout");
  if (!form?.querySelector("#sum")) return;
  document.documentElement.classList.add("with-scripts");
  const PARTS = ["#refused", "#method", "#sum .leaders", "#total-said"];
  const AMOUNTS = ["total_cents", "tax_cents", "delivery_cents"];
  let asked = 0;

  const chosen = () => {
    const kept = form.querySelector('input[name="address"][type="radio"]:checked');
    const state = kept?.dataset.state ?? form.elements.region?.value ?? "";
    return `${state} ${form.querySelector('input[name="method"]:checked')?.value ?? ""}`;
  };
  let shown = chosen();

  const show = (page) => {
    const focused = document.activeElement?.name === "method" && document.activeElement.value;
    for (const part of PARTS) {
      const [old, now] = [document.querySelector(part), page.querySelector(part)];
      if (!old || !now) continue;
      // a part that is announced stays the same element
      if (old.id === "total-said") old.textContent = now.textContent;
      else old.replaceWith(document.adoptNode(now));
    }
    for (const name of AMOUNTS) form.elements[name].value = page.querySelector(`[name="${name}"]`).value;
    form.querySelector("button[data-total]").dataset.total = form.elements.total_cents.value;
    form.querySelector("#total")?.removeAttribute("autofocus");
    if (focused) form.querySelector(`input[name="method"][value="${focused}"]`)?.focus();
    shown = chosen();
  };

  const ask = async () => {
    const wanted = chosen();
    if (wanted === shown || wanted.startsWith(" ")) return;
    const turn = ++asked;
    const body = new FormData(form);
    body.set("update", "1");
    try {
      const answer = await fetch(form.action, { method: "POST", body });
      const page = new DOMParser().parseFromString(await answer.text(), "text/html");
      if (turn === asked && answer.ok && page.querySelector("#sum")) show(page);
    } catch {
      // not reached: the server shows the total once the form comes in
    }
  };

  form.addEventListener("change", ask);
  addEventListener("pageshow", ask); // a browser that goes back has kept what was chosen
})();
