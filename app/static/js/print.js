// Printed pages: a button, and printing by themselves when the address asks for it (?print=1).
for (const button of document.querySelectorAll("[data-print]"))
  button.addEventListener("click", () => window.print());
if (new URLSearchParams(location.search).get("print") === "1")
  window.addEventListener("load", () => window.print());
