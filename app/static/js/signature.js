// A signature drawn with a finger, a pen or the mouse. Strokes are kept, so that the last one can be taken back and the
// drawing survives a turned phone; what goes to the server is a PNG of one size.
const WIDE = 720;
const HIGH = 270;
const PEN = 4; // pixels of the PNG

function paint(context, { before, strokes }, width, height) {
  context.fillStyle = "#fff";
  context.fillRect(0, 0, width, height);
  if (before) context.drawImage(before, 0, 0, width, height);
  context.strokeStyle = context.fillStyle = "#111";
  context.lineWidth = (PEN * width) / WIDE;
  context.lineCap = context.lineJoin = "round";
  for (const stroke of strokes) {
    const points = stroke.map(([x, y]) => [x * width, y * height]);
    context.beginPath();
    if (points.length === 1) {
      context.arc(...points[0], context.lineWidth / 2, 0, 2 * Math.PI);
      context.fill();
      continue;
    }
    context.moveTo(...points[0]);
    for (let i = 1; i < points.length - 1; i += 1) {
      const [[x, y], [u, v]] = [points[i], points[i + 1]];
      context.quadraticCurveTo(x, y, (x + u) / 2, (y + v) / 2);
    }
    context.lineTo(...points.at(-1));
    context.stroke();
  }
}

function start(box) {
  const canvas = box.querySelector("canvas");
  const kept = box.querySelector("input");
  const strokes = [];
  const drawn = { before: null, strokes };
  let drawing = null;

  const show = () => {
    const ratio = window.devicePixelRatio || 1;
    const { width, height } = canvas.getBoundingClientRect();
    if (!width) return;
    canvas.width = Math.round(width * ratio);
    canvas.height = Math.round(height * ratio);
    paint(canvas.getContext("2d"), drawn, canvas.width, canvas.height);
  };
  const keep = () => {
    if (strokes.length || drawn.before) {
      const sheet = Object.assign(document.createElement("canvas"), { width: WIDE, height: HIGH });
      paint(sheet.getContext("2d"), drawn, WIDE, HIGH);
      kept.value = sheet.toDataURL("image/png");
    } else kept.value = "";
  };
  const at = (event) => {
    const place = canvas.getBoundingClientRect();
    return [(event.clientX - place.left) / place.width, (event.clientY - place.top) / place.height];
  };
  canvas.addEventListener("pointerdown", (event) => {
    if (event.button || drawing !== null) return;
    event.preventDefault();
    canvas.setPointerCapture(event.pointerId);
    drawing = event.pointerId;
    strokes.push([at(event)]);
    show();
  });
  canvas.addEventListener("pointermove", (event) => {
    if (event.pointerId !== drawing) return;
    for (const one of event.getCoalescedEvents?.() || [event]) strokes.at(-1).push(at(one));
    show();
  });
  const lift = (event) => {
    if (event.pointerId !== drawing) return;
    drawing = null;
    keep();
  };
  canvas.addEventListener("pointerup", lift);
  canvas.addEventListener("pointercancel", lift);
  box.querySelector("[data-signature-undo]").addEventListener("click", () => {
    strokes.pop();
    show();
    keep();
  });
  box.querySelector("[data-signature-clear]").addEventListener("click", () => {
    strokes.length = 0;
    drawn.before = null;
    show();
    keep();
  });
  new ResizeObserver(show).observe(canvas);
  // what was signed already comes back with a form that was refused
  if (kept.value) {
    const before = new Image();
    before.addEventListener("load", () => {
      drawn.before = before;
      show();
    });
    before.src = kept.value;
  }
}

export function startSignatures(root) {
  root.querySelectorAll("[data-signature]").forEach(start);
}
