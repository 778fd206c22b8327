// The total of the state that is chosen, as the server wrote it for each. Without this file the server shows it
// once the form comes in, as a step before the order is placed.
"use strict";

(() => {
  const form = document.querySelector("form.checkout");
  const sum = form?.querySelector("[data-totals]");
  if (!sum) return;
  const totals = new Map(JSON.parse(sum.dataset.totals).map((one) => [one.state, one]));
  const line = sum.querySelector('[data-line="tax"]');
  const said = sum.querySelector("[data-said]");
  let shown = sum.dataset.state;

  const chosen = () => {
    const kept = form.querySelector('input[name="address"][type="radio"]:checked');
    return kept?.dataset.state ?? form.elements.region?.value ?? "";
  };

  const show = () => {
    const there = totals.get(chosen());
    if (!there || there.state === shown) return;
    shown = there.state;
    line.hidden = !there.tax_cents;
    line.querySelector("dt").textContent = `Sales tax, ${there.state}`;
    line.querySelector("dd").textContent = there.tax;
    sum.querySelector('[data-line="total"] dd').textContent = there.total;
    form.elements.total_cents.value = there.total_cents;
    form.elements.tax_cents.value = there.tax_cents;
    sum.querySelector("button[data-total]").dataset.total = there.total_cents;
    said.textContent = there.said;
  };

  form.addEventListener("change", show);
  addEventListener("pageshow", show); // a browser that goes back has kept the state that was chosen
})();
