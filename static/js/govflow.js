/* GovFlow. Everything here is an addition: each page works without it. No inline code, no eval, no dependency. */
(() => {
  "use strict";
  const all = (selector, root = document) => [...root.querySelectorAll(selector)];
  const words = document.body.dataset;
  document.documentElement.classList.add("gf-js");

  // --- Double submit: the first one counts. The server's idempotency key is the real guard. ---
  const sent = new WeakMap();
  document.addEventListener("submit", (event) => {
    const form = event.target;
    if (form.method !== "post" || event.defaultPrevented) return;
    if (Date.now() - (sent.get(form) || 0) < 8000) return event.preventDefault();
    sent.set(form, Date.now());
    event.submitter?.setAttribute("aria-disabled", "true");
  });
  const released = (root) => all("[aria-disabled=true]", root).forEach((button) => {
    button.removeAttribute("aria-disabled");
    if (button.form) sent.delete(button.form);
  });
  addEventListener("pageshow", () => released(document));
  document.addEventListener("htmx:afterRequest", () => released(document));

  // --- Clocks: counted from the server's moment, never from this device's clock. ---
  const seen = new WeakMap();
  const span = (minutes) => {
    const [d, h, m] = [Math.floor(minutes / 1440), Math.floor(minutes / 60) % 24, minutes % 60];
    const say = (word, n) => word.replace("%(n)d", n);
    return [d && say(words.day, d), h && say(words.hour, h), m && !d && say(words.minute, m)].filter(Boolean).join(" ") || words.instant;
  };
  const refresh = () => all("[data-gf-due]").forEach((cell) => {
    if (!seen.has(cell)) seen.set(cell, performance.now());
    const now = Date.parse(cell.dataset.gfNow) + performance.now() - seen.get(cell);
    const left = Date.parse(cell.dataset.gfDue) - now;
    cell.textContent = (left < 0 ? words.over : words.left).replace("%(time)s", span(Math.floor(Math.abs(left) / 60000)));
    const due = cell.closest(".gf-due");
    if (left < 0 && due && ["normal", "soon"].includes(due.dataset.state)) {
      const pill = due.querySelector(".gf-pill");
      due.dataset.state = pill.dataset.state = "late";
      pill.querySelector("use").setAttribute("href", "#i-late");
      pill.querySelector("[data-gf-word]").textContent = words.late;
    }
  });
  if (words.left) { refresh(); setInterval(refresh, 30000); }

  // --- Copy, dialogs, focus on the error summary ---
  const copy = async (text) => {
    if (navigator.clipboard && isSecureContext) return navigator.clipboard.writeText(text);
    const area = Object.assign(document.createElement("textarea"), { value: text, className: "gf-hide" });
    document.body.append(area); area.select(); document.execCommand("copy"); area.remove();
  };
  const ready = (root) => all("[data-gf-copy], [data-gf-open], [data-gf-album]", root).forEach((button) => { button.hidden = false; });
  ready(document);
  document.addEventListener("htmx:load", (event) => { ready(event.target); refresh(); });
  document.querySelector("[data-gf-focus]")?.focus();
  document.addEventListener("click", async (event) => {
    const button = event.target.closest("[data-gf-copy], [data-gf-open], [data-gf-album], [data-gf-locate]");
    if (!button) return;
    if (button.dataset.gfCopy) {
      await copy(button.dataset.gfCopy);
      const label = button.querySelector("span") || button, before = label.textContent;
      label.textContent = button.dataset.done || before;
      setTimeout(() => { label.textContent = before; }, 2000);
    }
    if (button.dataset.gfOpen) document.getElementById(button.dataset.gfOpen)?.showModal();
    if (button.dataset.gfAlbum) {
      const input = document.getElementById(button.dataset.gfAlbum);
      input.removeAttribute("capture"); input.click();
    }
    if ("gfLocate" in button.dataset) locate(button.form);
  });

  // --- Chips: a second tap unticks an optional radio; the words typed mark the categories that fit (data-words on a chip). ---
  document.addEventListener("pointerdown", (event) => {
    const radio = event.target.closest(".gf-chip")?.querySelector("[data-gf-untick] input[type=radio]");
    if (radio?.checked) radio.addEventListener("click", () => { radio.checked = false; }, { once: true });
  });
  document.addEventListener("input", (event) => {
    if (event.target.matches("[data-gf-suggests]")) all("[data-words]").forEach((chip) => {
      const fits = chip.dataset.words.split(" ").some((word) => word && event.target.value.includes(word));
      chip.classList.toggle("gf-chip--suggested", fits);
    });
  });

  // --- Photos: shrink to 1600 px here, so that a field phone sends 300 kB and not 8 MB. Drawn on canvas: needs no blob address. ---
  const EDGE = 1600, QUALITY = 0.7;
  const drawn = (bitmap, edge) => {
    const scale = Math.min(1, edge / Math.max(bitmap.width, bitmap.height));
    const canvas = document.createElement("canvas");
    canvas.width = Math.round(bitmap.width * scale); canvas.height = Math.round(bitmap.height * scale);
    canvas.getContext("2d").drawImage(bitmap, 0, 0, canvas.width, canvas.height);
    return canvas;
  };
  const shrunk = async (file) => {
    try {
      const bitmap = await createImageBitmap(file);
      const blob = await new Promise((done) => drawn(bitmap, EDGE).toBlob(done, "image/jpeg", QUALITY));
      const small = blob && blob.size < file.size ? new File([blob], file.name.replace(/\.\w+$/, "") + ".jpg", { type: "image/jpeg", lastModified: file.lastModified }) : file;
      return { file: small, preview: drawn(bitmap, 192) };
    } catch { return { file, preview: null }; }
  };
  const kept = new WeakMap();
  const show = (input, photos) => {
    kept.set(input, photos);
    const transfer = new DataTransfer();
    photos.forEach(({ file }) => transfer.items.add(file));
    input.files = transfer.files;
    const list = input.closest(".gf-field").querySelector("[data-gf-thumbs]");
    list.replaceChildren(...photos.map((photo, at) => {
      const item = document.createElement("li"), button = document.createElement("button");
      Object.assign(button, { type: "button", className: "gf-btn gf-btn--plain", textContent: list.dataset.remove });
      button.append(Object.assign(document.createElement("span"), { className: "gf-hide", textContent: ` ${at + 1}` }));
      button.addEventListener("click", () => show(input, photos.filter((other) => other !== photo)));
      item.append(photo.preview || photo.file.name, button);
      return item;
    }));
  };
  document.addEventListener("change", async (event) => {
    const input = event.target;
    if (!input.matches("[data-gf-photo]") || !input.files.length || !window.DataTransfer) return;
    const most = Number(input.dataset.gfPhoto), status = input.closest(".gf-field").querySelector("[data-gf-photo-status]");
    const fresh = await Promise.all([...input.files].map(shrunk));
    const photos = [...(kept.get(input) || []), ...fresh];
    status.textContent = photos.length > most ? status.dataset.many : "";
    show(input, photos.slice(0, most));
  });

  // --- Place: one point, asked for when the camera opens. No track is kept. ---
  const locate = (form) => {
    if (!form?.elements.lon || !navigator.geolocation || form.dataset.gfLocating) return;
    form.dataset.gfLocating = "yes";
    const status = form.querySelector("[data-gf-place]");
    navigator.geolocation.getCurrentPosition(({ coords }) => {
      if (!form.elements.lon.value) {
        form.elements.lon.value = coords.longitude.toFixed(6);
        form.elements.lat.value = coords.latitude.toFixed(6);
        if (form.elements.accuracy) form.elements.accuracy.value = Math.round(coords.accuracy);
      }
      if (status) status.textContent = status.dataset.found;
      form.dispatchEvent(new CustomEvent("gf:placed", { bubbles: true }));
    }, () => { delete form.dataset.gfLocating; if (status) status.textContent = status.dataset.lost; },
    { enableHighAccuracy: true, timeout: 15000, maximumAge: 60000 });
  };
  document.addEventListener("click", (event) => { if (event.target.matches("[data-gf-photo]")) locate(event.target.form); });

  // --- Keys: never while typing or composing; can be switched off (WCAG 2.1.4). ---
  const store = (value) => { try { return value === undefined ? localStorage.getItem("gf-keys") : localStorage.setItem("gf-keys", value); } catch { return null; } };
  const sheet = document.getElementById("gf-keys"), toggle = document.querySelector("[data-gf-keys-switch]");
  if (toggle) {
    toggle.checked = store() !== "off";
    toggle.addEventListener("change", () => store(toggle.checked ? "on" : "off"));
    const list = document.querySelector("[data-gf-keys-list]");
    new Map(all("[data-gf-key]").map((element) => [element.dataset.gfKey, element])).forEach((element, key) => {
      const [term, detail] = [document.createElement("dt"), document.createElement("dd")];
      key.split(" ").forEach((part) => term.append(Object.assign(document.createElement("kbd"), { textContent: part }), " "));
      detail.textContent = element.dataset.gfKeyName || element.textContent.trim();
      list.append(term, detail);
    });
  }
  let prefix = "", row = null;
  const rows = () => all("[data-gf-row]");
  const move = (step) => {
    const list = rows(), here = list.findIndex((each) => each.contains(document.activeElement));
    row = list[Math.min(Math.max(here < 0 && row ? list.indexOf(row) + step : here + step, 0), list.length - 1)];
    row?.querySelector("a")?.focus();
    row?.scrollIntoView({ block: "nearest" });
  };
  const actions = {
    j: () => move(1), k: () => move(-1),
    o: () => row?.querySelector("a")?.click(),
    x: () => row?.querySelector("input[type=checkbox]")?.click(),
    "/": () => document.querySelector("[data-gf-search]")?.focus(),
    "?": () => sheet?.showModal(),
  };
  document.addEventListener("keydown", (event) => {
    if (event.key === "Enter" && (event.ctrlKey || event.metaKey) && event.target.form && !event.isComposing) return event.target.form.requestSubmit();
    if (!sheet || sheet.open || event.isComposing || event.keyCode === 229 || event.ctrlKey || event.metaKey || event.altKey) return;
    if (event.target.closest("input:not([type=checkbox], [type=radio]), textarea, select, [contenteditable]") || store() === "off") return;
    const key = prefix + event.key;
    prefix = "";
    if (event.key === "g") { prefix = "g "; return; }
    // A key inside a list belongs to the chosen row, or to the first: it never acts on a row one does not look at.
    const here = row || rows()[0], ours = (element) => [null, here].includes(element.closest("[data-gf-row]"));
    const match = (root) => all("[data-gf-key]", root).find((element) => element.dataset.gfKey === key && !element.hidden && ours(element));
    const target = (row && match(row)) || match(document.querySelector("main")) || match(document);
    if (target) { event.preventDefault(); target.click(); } else if (actions[key]) { event.preventDefault(); actions[key](); }
  });
})();
