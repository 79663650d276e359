// Prints pages of ours without leaving this one: the page is fetched and printed from a hidden frame. It is written
// into the frame, not loaded there, because our pages refuse to be framed (frame-ancestors 'none').
import { readHtml } from "./net.js";

const nonce = () => document.querySelector("script[nonce], style[nonce]")?.nonce || "";

async function printPage(url) {
  const html = await readHtml(url, { form: [] }); // a POST: the print is counted
  const frame = document.createElement("iframe");
  frame.className = "print-frame";
  frame.setAttribute("aria-hidden", "true");
  frame.tabIndex = -1;
  await new Promise((resolve, reject) => {
    frame.onload = resolve;
    frame.onerror = reject;
    // the frame obeys this page's policy, so that its own style elements need this page's nonce
    frame.srcdoc = html.replace(/(<style[^>]*\snonce=)"[^"]*"/g, (_, start) => `${start}"${nonce()}"`);
    document.body.append(frame);
  });
  const inner = frame.contentWindow;
  await inner.document.fonts?.ready;
  await new Promise((resolve) => {
    inner.addEventListener("afterprint", resolve, { once: true });
    inner.print();
    // a browser that prints without asking may say nothing afterwards
    setTimeout(resolve, 1000);
  });
  setTimeout(() => frame.remove(), 60000);
}

// One after the other; the printer keeps the order.
export async function printPages(urls) {
  for (const url of urls) await printPage(url);
}
