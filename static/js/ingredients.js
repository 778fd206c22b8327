// Names of ingredients while somebody types, in the list that the fields share. Without it any name may be typed.
const names = document.getElementById("ingredient-names");
let asked = new AbortController();

async function suggest(field) {
  asked.abort();
  asked = new AbortController();
  const query = new URLSearchParams({ q: field.value });
  try {
    const answer = await fetch(`/admin/catalogue/ingredients?${query}`, { signal: asked.signal, headers: { Accept: "application/json" } });
    if (!answer.ok) return;
    const found = await answer.json();
    names.replaceChildren(...found.names.map((name) => Object.assign(document.createElement("option"), { value: name })));
  } catch (error) {
    if (error.name !== "AbortError") throw error;
  }
}

document.querySelectorAll("[data-ingredient]").forEach((field) => field.addEventListener("input", () => suggest(field)));
