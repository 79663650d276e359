// Sending photos: chosen or taken, they are made small enough for the line and go at once.
const LONGEST = 1920; // pixels of the longer side: letters on a nameplate can still be read
const SMALL = 500 * 1024; // what is smaller goes as it is

async function smaller(file) {
  if (file.size <= SMALL) return file;
  try {
    const bitmap = await createImageBitmap(file, { imageOrientation: "from-image" });
    const scale = Math.min(1, LONGEST / Math.max(bitmap.width, bitmap.height));
    const canvas = document.createElement("canvas");
    canvas.width = Math.round(bitmap.width * scale);
    canvas.height = Math.round(bitmap.height * scale);
    canvas.getContext("2d").drawImage(bitmap, 0, 0, canvas.width, canvas.height);
    const blob = await new Promise((resolve) => canvas.toBlob(resolve, "image/jpeg", 0.85));
    return blob && blob.size < file.size
      ? new File([blob], `${file.name.replace(/\.\w+$/, "")}.jpg`, { type: "image/jpeg" })
      : file;
  } catch {
    return file; // the server says what is wrong with it
  }
}

async function send(form, input) {
  if (!input.files.length) return;
  const label = input.closest("label");
  label.classList.add("btn-loading", "disabled");
  const kept = new DataTransfer();
  for (const file of input.files) kept.items.add(await smaller(file));
  input.files = kept.files;
  form.requestSubmit();
}

export function startPictures(root) {
  for (const form of root.querySelectorAll("form[data-pictures]")) {
    const input = form.querySelector("input[type=file]");
    input.addEventListener("change", () => send(form, input));
  }
}
