// Printed pages: a button, or a form whose answer prints by itself once. What is counted is printed by that form only.
for (const button of document.querySelectorAll("[data-print]"))
  button.addEventListener("click", () => window.print());
const now = document.querySelector("[data-print-now]");
if (now) {
  window.addEventListener("load", () => window.print());
  window.addEventListener("afterprint", () => document.body.classList.add("is-preview"), { once: true });
}
