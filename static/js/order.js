// The order's page prints itself. Without scripts the browser's own command does, and there is no button.
for (const button of document.querySelectorAll("[data-print]")) {
  button.hidden = false;
  button.addEventListener("click", () => window.print());
}
