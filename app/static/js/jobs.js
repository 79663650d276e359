// The job indicator and the page of a job. The server is asked only while something runs, or when the person looks.
// GET mine.json: {"jobs": [{"id", "title", "state_label", "running", "failed", "percent", "message", "url", "result_url",
// "cancel_url"}]}. GET a job's own JSON: one of these.
import { call, flash, make, readJson, word } from "./net.js";

const EVERY = 2000;

function line(job, box, refresh) {
  const foot = make(
    "div",
    { class: "job-foot" },
    make("span", {}, [job.state_label, job.message].filter(Boolean).join(" · ")),
  );
  if (job.running && job.cancel_url) {
    const stop = make(
      "button",
      { type: "button", class: "btn btn-link p-0 text-danger" },
      box.dataset.cancel,
    );
    stop.addEventListener("click", async () => {
      stop.disabled = true;
      try {
        const response = await call(job.cancel_url, { form: {} });
        if (!response.ok) throw new Error(word("failed"));
      } catch (error) {
        flash(error.message);
      }
      refresh();
    });
    foot.append(stop);
  } else if (job.result_url) {
    foot.append(make("a", { href: job.result_url }, box.dataset.result));
  }
  const bar = make("progress", { class: "progress", max: 100, "aria-label": job.title });
  if (job.percent !== null && job.percent !== undefined) bar.value = job.percent;
  const title = job.url ? make("a", { href: job.url }, job.title) : make("span", {}, job.title);
  return make(
    "div",
    { class: "job" },
    make(
      "div",
      { class: "job-top" },
      title,
      job.running && job.percent != null ? make("span", { class: "figure" }, `${job.percent}%`) : null,
    ),
    job.running ? bar : null,
    foot,
  );
}

function indicator(root) {
  const box = root.querySelector(".jobs-list");
  const count = root.querySelector(".jobs-count");
  const status = root.querySelector("[data-jobs-status]");
  let timer = 0;
  let before = new Set();

  const refresh = async () => {
    clearTimeout(timer);
    let jobs;
    try {
      ({ jobs } = await readJson(root.dataset.jobs));
    } catch (error) {
      if (error.status !== 401) timer = setTimeout(refresh, EVERY * 5);
      return;
    }
    const running = jobs.filter((job) => job.running);
    for (const job of jobs)
      if (!job.running && before.has(job.id)) status.textContent = word("job_done", { title: job.title });
    before = new Set(running.map((job) => job.id));
    count.hidden = !running.length;
    count.textContent = running.length;
    box.replaceChildren(
      ...(jobs.length
        ? jobs.map((job) => line(job, box, refresh))
        : [make("p", { class: "text-secondary mb-1" }, box.dataset.empty)]),
    );
    if (running.length) timer = setTimeout(refresh, document.hidden ? EVERY * 5 : EVERY);
  };

  root.addEventListener("show.bs.dropdown", refresh);
  if (Number(root.dataset.running)) refresh();
  document.addEventListener("jobs:started", refresh);
}

function follow(card) {
  const bar = card.querySelector("progress");
  const look = async () => {
    try {
      const job = await readJson(card.dataset.job);
      if (!job.running) {
        location.reload();
        return;
      }
      card.querySelector("[data-job-state]").textContent = job.state_label;
      card.querySelector("[data-job-message]").textContent = job.message || "";
      if (job.percent !== null && job.percent !== undefined) bar.value = job.percent;
      setTimeout(look, EVERY / 2);
    } catch (error) {
      if (error.status === 401) flash(error.message);
      else setTimeout(look, EVERY * 2);
    }
  };
  setTimeout(look, EVERY / 2);
}

export function startJobs() {
  const root = document.querySelector("[data-jobs]");
  if (root) indicator(root);
  document.querySelectorAll("[data-job][data-running]").forEach(follow);
}
