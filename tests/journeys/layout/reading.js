// What a screen reader is told of the forms on a page, and how one is sent with something wrong in it: an object
// of functions for `reading.py`.
({
  forms: () => [...document.querySelectorAll("form[method=post]:not([role=search])")].map((form, place) => ({
    place,
    action: new URL(form.action).pathname.replace(/F-\w{4}-\w{4}/, "*").replace(/[0-9a-f]{32}|\d+/g, "*"),
    fields: [...form.elements].filter((one) => one.name && one.matches("input:not([type=hidden]), select, textarea"))
      .map((one) => one.name.replace(/\d+/g, "*")),
  })).filter((form) => form.fields.length),

  form: (place) => document.querySelectorAll("form[method=post]:not([role=search])")[place],

  // `how`: "empty", or "too much" in every field that takes text
  send: (form, how) => {
    form.noValidate = true;
    for (const one of form.elements) {
      if (one.matches("textarea, input:is([type=text], [type=tel], [type=email], [type=password], :not([type]))")) {
        one.removeAttribute("maxlength");
        one.value = how === "empty" ? "" : "☃".repeat(600);
      } else if (how === "empty" && one.matches("[type=date], select:not([multiple])")) one.value = "";
      else if (how === "empty") one.checked = false;
    }
    const buttons = [...form.querySelectorAll("button:not([type=button])")].filter((one) => one.tabIndex === 0);
    const main = buttons.find((one) => one.dataset.do === "check") ?? buttons.find((one) => !one.name);
    form.requestSubmit(main ?? buttons[0]);
  },

  // what is not said well of what was wrong: a list of sentences
  faults: () => {
    const at = document.activeElement, alert = document.querySelector("main [role=alert]"), found = [];
    if (!alert) return ["nothing is announced"];
    if (!at.closest("[role=alert]") && !at.matches("[aria-invalid=true]")) found.push(`focus is on ${at.localName}`);
    const text = (id) => document.getElementById(id)?.textContent.trim();
    for (const one of document.querySelectorAll("[aria-invalid=true]")) {
      const said = (one.getAttribute("aria-describedby") ?? "").split(" ");
      if (!said.some(text)) found.push(`${one.name || one.id} does not say what is wrong`);
    }
    const links = [...alert.querySelectorAll('a[href^="#"]')].map((one) => document.getElementById(one.hash.slice(1)));
    const isBefore = (one, other) => other.compareDocumentPosition(one) & Node.DOCUMENT_POSITION_PRECEDING;
    if (links.some((one) => !one)) found.push("a link of the summary leads nowhere");
    else if (links.some((one, place) => place && isBefore(one, links[place - 1]))) found.push("the summary is not in the order of the page");
    return found;
  },
})
