// Draws one future as it happens, from columns that came once; the kernel is not asked again.
// Layout, then what stands at a time, then the loop: each part is a function of the time alone.

const SVG = "http://www.w3.org/2000/svg";
const ORDER_DAYS = 0.5; // how long an order is seen on its way, which in fact takes no time
const SLOWEST_FRAME = 0.1; // [second]: a tab that slept does not jump
const EVENTS_SHOWN = 7;
const NARROW = 720; // [px]

function make(tag, attributes = {}, parent = null, text = null) {
  const node = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) node.setAttribute(name, value);
  if (text !== null) node.textContent = text;
  if (parent) parent.append(node);
  return node;
}

function draw(tag, attributes = {}, parent = null, text = null) {
  const node = document.createElementNS(SVG, tag);
  for (const [name, value] of Object.entries(attributes)) node.setAttribute(name, value);
  if (text !== null) node.textContent = text;
  if (parent) parent.append(node);
  return node;
}

const come = (time) => (time === null ? Infinity : time);

// Index of the last entry at or before a time, -1 for none.
function last(times, t) {
  let low = 0;
  let high = times.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (times[middle] <= t) low = middle + 1;
    else high = middle;
  }
  return low - 1;
}

function at(steps, column, t, before = 0) {
  const n = last(steps.when, t);
  return n < 0 ? before : steps[column][n];
}

// --- what stands at a time

function standing(data, t) {
  const units = data.units.map(() => ({ open: 0, overdue: 0 }));
  let placed = 0;
  const { orders } = data;
  for (let n = 0; n < orders.placed.length; n++) {
    if (orders.placed[n] > t) continue;
    placed++;
    if (come(orders.complete[n]) <= t) continue;
    const unit = units[orders.unit[n]];
    unit.open++;
    if (come(orders.overdue[n]) <= t) unit.overdue++;
  }
  const items = data.stock.map((steps) => ({
    onHand: at(steps, "on_hand", t),
    waiting: at(steps, "waiting", t),
  }));
  const shelves = data.storeroom.map((steps) => at(steps, "on_hand", t));
  const machines = data.machines.map((steps) => at(steps, "output", t, 1));
  return { t, placed, units, items, shelves, machines };
}

function moving(data, t) {
  const found = [];
  const { parcels, lots, orders } = data;
  for (let n = 0; n < parcels.leaves.length && parcels.leaves[n] <= t; n++) {
    if (t >= parcels.arrives[n]) continue;
    const way = (t - parcels.leaves[n]) / (parcels.arrives[n] - parcels.leaves[n]);
    const late = t > come(parcels.late[n]);
    found.push({ kind: late ? "late" : "parcel", from: -1, to: parcels.unit[n], way, n });
  }
  for (let n = 0; n < lots.leaves.length; n++) {
    const arrives = come(lots.arrives[n]);
    if (lots.leaves[n] > t || t >= arrives) continue;
    // What is not in by the end waits half-way.
    const way = arrives === Infinity ? 0.5 : (t - lots.leaves[n]) / (arrives - lots.leaves[n]);
    found.push({ kind: "lot", item: lots.item[n], way, n });
  }
  for (let n = 0; n < orders.placed.length; n++) {
    const way = (t - orders.placed[n]) / ORDER_DAYS;
    if (way >= 0 && way < 1) found.push({ kind: "order", to: orders.unit[n], way, n });
  }
  return found;
}

// --- where it stands in the picture

function layout(data, width) {
  const narrow = width < NARROW;
  const rows = data.items.length;
  const rowHeight = narrow ? 21 : Math.max(21, Math.min(30, 380 / rows));
  const supplier = narrow
    ? { x: 26, y: 52, width: width - 32, height: rows * rowHeight + 34 }
    : { x: width * 0.2, y: 10, width: width * 0.36, height: rows * rowHeight + 34 };
  const unitsAt = narrow
    ? { x: 26, y: supplier.y + supplier.height + 56, width: width - 32 }
    : { x: width * 0.71, y: 10, width: width * 0.29 - 6 };
  const unitHeight = narrow
    ? 22
    : Math.max(22, Math.min(34, (supplier.height - 34) / Math.max(data.units.length, 8)));
  let below = unitsAt.y + 30 + data.units.length * unitHeight;
  const shelfHeight = 21;
  const shelvesAt = below + 26;
  if (data.storeroom.length) below = shelvesAt + data.storeroom.length * shelfHeight;
  const machinesAt = below + 30;
  const machines = inGroups(data.machines, unitsAt, machinesAt);
  if (machines.length) below = Math.max(...machines.map((machine) => machine.y)) + 24;
  const height = Math.max(supplier.y + supplier.height, below + 6) + 8;
  const upstream = narrow
    ? { x: 26, y: 4, width: width - 32, height: 28 }
    : { x: 4, y: supplier.y, width: Math.min(126, width * 0.12), height: supplier.height };
  return {
    narrow, width, height, rowHeight, supplier, units: unitsAt, unitHeight, upstream,
    shelvesAt, shelfHeight, machinesAt, machines, unitsEnd: below,
    item: (n) => supplier.y + 30 + (n + 0.5) * rowHeight,
    unit: (n) => unitsAt.y + 30 + (n + 0.5) * unitHeight,
  };
}

// Where each machine stands: a row a group, broken where it is full.
function inGroups(machines, area, top) {
  const side = 14;
  const left = area.x + area.width * 0.36;
  const room = Math.max(1, Math.floor((area.x + area.width - 6 - left) / (side + 3)));
  let row = -1;
  let column = 0;
  let group = null;
  return machines.map(({ name }) => {
    const own = name.replace(/ \d+$/, "");
    const label = own === group ? "" : own;
    if (label || column === room) {
      row++;
      column = 0;
      group = own;
    }
    return { label, side, x: left + column++ * (side + 3), y: top + row * (side + 6) };
  });
}

function place(where, thing, still) {
  // Who asked for less motion sees what is under way stand half-way.
  const way = still ? 0.5 : thing.way;
  const between = (a, b) => [a[0] + (b[0] - a[0]) * way, a[1] + (b[1] - a[1]) * way];
  const { supplier, upstream, units, narrow } = where;
  // Parcels side by side do not hide each other.
  const aside = ((thing.n * 7) % 5) * 2 - 4;
  if (thing.kind === "lot") {
    const y = where.item(thing.item);
    if (narrow) return between([13, upstream.y + upstream.height], [13, y]);
    return between([upstream.x + upstream.width + 8, y], [supplier.x - 8, y]);
  }
  const y = where.unit(thing.to);
  const door = narrow
    ? [supplier.x + supplier.width / 2 + aside * 4, supplier.y + supplier.height + 4]
    : [supplier.x + supplier.width + 8, supplier.y + supplier.height / 2 + aside * 3];
  const unit = narrow ? [13, y + aside / 2] : [units.x - 9, y + aside / 2];
  return thing.kind === "order" ? between(unit, door) : between(door, unit);
}

// --- the picture

function stage(svg, data, words, where) {
  svg.replaceChildren();
  svg.setAttribute("viewBox", `0 0 ${where.width} ${where.height}`);
  svg.setAttribute("height", where.height);
  const box = (area, label) => {
    const { x, y, width, height } = area;
    draw("rect", { x, y, width, height, rx: 6, class: "place" }, svg);
    draw("text", { x: x + 8, y: y + 19, class: "heading" }, svg, label);
  };
  box(where.upstream, words.upstream);
  box(where.supplier, words.supplier);
  box({ ...where.units, height: where.unitsEnd - where.units.y + 6 }, words.buyer);
  const { supplier, units } = where;
  const labels = supplier.width * 0.4;
  const bars = supplier.width - labels - 66;
  const items = data.items.map((label, n) => {
    const y = where.item(n);
    draw("text", { x: supplier.x + 8, y: y + 4 }, svg, label);
    const bar = { x: supplier.x + labels, y: y - 6, height: 12, rx: 2 };
    draw("rect", { ...bar, width: bars, class: "track" }, svg);
    const most = Math.max(1, ...data.stock[n].on_hand);
    return {
      most, bars,
      bar: draw("rect", { ...bar, width: 0, class: "stock" }, svg),
      number: draw("text", { x: supplier.x + labels + bars + 6, y: y + 4 }, svg, ""),
    };
  });
  const rows = data.units.map((label, n) => {
    const y = where.unit(n);
    draw("text", { x: units.x + 8, y: y + 4 }, svg, label);
    const x = units.x + units.width - 8;
    return draw("text", { x, y: y + 4, class: "state", "text-anchor": "end" }, svg, "");
  });
  if (data.storeroom.length) {
    const y = where.shelvesAt - 8;
    draw("text", { x: units.x + 8, y, class: "heading small" }, svg, words.storeroom);
  }
  const shelves = data.storeroom.map((shelf, n) => {
    const y = where.shelvesAt + (n + 0.5) * where.shelfHeight;
    draw("text", { x: units.x + 8, y: y + 4 }, svg, data.items[shelf.item]);
    const x = units.x + units.width * 0.56;
    const dots = draw("g", {}, svg);
    const most = Math.max(1, ...shelf.on_hand);
    const gap = Math.min(14, (units.width * 0.42) / most);
    for (let k = 0; k < most; k++) {
      draw("rect", { x: x + k * gap, y: y - 5, width: gap * 0.7, height: 10, rx: 2 }, dots);
    }
    return dots;
  });
  if (data.machines.length) {
    const y = where.machinesAt - 10;
    draw("text", { x: units.x + 8, y, class: "heading small" }, svg, words.machines);
  }
  const machines = data.machines.map((machine, n) => {
    const { label, side, x, y } = where.machines[n];
    if (label) draw("text", { x: units.x + 8, y: y + side - 3 }, svg, label);
    const square = draw("g", {}, svg);
    draw("title", {}, square, machine.name);
    draw("rect", { x, y, width: side, height: side, rx: 3 }, square);
    draw("text", { x: x + side / 2, y: y + side - 3, "text-anchor": "middle" }, square, "");
    return square;
  });
  const things = draw("g", { class: "moving" }, svg);
  return { items, rows, shelves, machines, things, pool: [] };
}

const SHAPES = {
  parcel: "M-5,0 a5,5 0 1,0 10,0 a5,5 0 1,0 -10,0",
  late: "M0,-7 L7,6 L-7,6 Z",
  lot: "M-5,-5 H5 V5 H-5 Z",
  order: "M0,-6 L5,0 L0,6 L-5,0 Z",
};

function show(parts, data, words, where, now, still) {
  now.items.forEach(({ onHand, waiting }, n) => {
    const { bar, number, most, bars } = parts.items[n];
    bar.setAttribute("width", (bars * onHand) / most);
    number.textContent = waiting ? `${onHand} (−${waiting})` : String(onHand);
    number.setAttribute("class", waiting ? "short" : onHand ? "" : "empty");
  });
  now.units.forEach(({ open, overdue }, n) => {
    const row = parts.rows[n];
    row.textContent = overdue ? `${open} · ▲ ${overdue} ${words.overdue}` : open || "";
    row.setAttribute("class", overdue ? "state short" : "state");
  });
  now.shelves.forEach((level, n) => {
    [...parts.shelves[n].children].forEach((dot, k) =>
      dot.setAttribute("class", k < level ? "stock" : "track"),
    );
  });
  now.machines.forEach((output, n) => {
    const [, square, sign] = parts.machines[n].children;
    square.setAttribute("class", output >= 1 ? "runs" : output > 0 ? "slow" : "stands");
    sign.textContent = output >= 1 ? "" : output > 0 ? "½" : "×";
  });
  const things = moving(data, now.t);
  while (parts.pool.length < things.length) parts.pool.push(draw("path", {}, parts.things));
  parts.pool.forEach((node, n) => {
    const thing = things[n];
    node.style.display = thing ? "" : "none";
    if (!thing) return;
    const [x, y] = place(where, thing, still);
    node.setAttribute("d", SHAPES[thing.kind]);
    node.setAttribute("class", thing.kind);
    node.setAttribute("transform", `translate(${x.toFixed(1)},${y.toFixed(1)})`);
  });
  return things;
}

// --- words and tables

function dated(data, words, t) {
  const [year, month, day] = data.start.split("-").map(Number);
  const date = new Date(Date.UTC(year, month - 1, day) + t * 86_400_000);
  return new Intl.DateTimeFormat(words.locale, {
    weekday: "short", day: "numeric", month: "long", year: "numeric",
    hour: "2-digit", minute: "2-digit", timeZone: "UTC",
  }).format(date);
}

function filled(template, values) {
  return template.replace(/\{(\w+)\}/g, (_, name) => values[name]);
}

function summary(data, words, now, things) {
  const overdue = now.units.reduce((sum, unit) => sum + unit.overdue, 0);
  const open = now.units.reduce((sum, unit) => sum + unit.open, 0);
  const out = data.items.filter((_, n) => now.items[n].onHand === 0);
  const said = filled(words.summary, {
    placed: now.placed, open, overdue,
    moving: things.filter((thing) => thing.kind === "parcel" || thing.kind === "late").length,
  });
  return out.length ? `${said} ${filled(words.out, { items: out.join(", ") })}` : said;
}

function table(headings, rows, caption) {
  const node = document.createElement("table");
  make("caption", {}, node, caption);
  const head = make("tr", {}, make("thead", {}, node));
  headings.forEach((text) => make("th", { scope: "col" }, head, text));
  const body = make("tbody", {}, node);
  rows.forEach((row) => {
    const line = make("tr", {}, body);
    row.forEach((value, n) =>
      make(n ? "td" : "th", n ? {} : { scope: "row" }, line, String(value)),
    );
  });
  return node;
}

function tables(data, words, now) {
  const stock = data.items.map((label, n) => [label, now.items[n].onHand, now.items[n].waiting]);
  const units = data.units.map((label, n) => [label, now.units[n].open, now.units[n].overdue]);
  const found = [
    table([words.item, words.onHand, words.waiting], stock, words.supplier),
    table([words.unit, words.open, words.overdue], units, words.buyer),
  ];
  if (data.machines.length) {
    const rows = data.machines.map((machine, n) => [
      machine.name,
      now.machines[n] >= 1 ? words.runs : now.machines[n] > 0 ? words.slow : words.stands,
    ]);
    found.push(table([words.machine, words.state], rows, words.machines));
  }
  return found;
}

// --- the player

// Drawn, since fonts do not have them everywhere.
const SIGNS = {
  play: "M4,2 L16,9 L4,16 Z",
  pause: "M3,2 H7 V16 H3 Z M11,2 H15 V16 H11 Z",
  step: "M3,2 L12,9 L3,16 Z M13,2 H16 V16 H13 Z",
  back: "M15,2 L6,9 L15,16 Z M2,2 H5 V16 H2 Z",
};

function sign(button, name, words) {
  button.replaceChildren();
  button.title = words[name];
  button.setAttribute("aria-label", words[name]);
  const icon = draw("svg", { width: 18, height: 18, viewBox: "0 0 18 18", "aria-hidden": "true" }, button);
  draw("path", { d: SIGNS[name] }, icon);
  return button;
}

function player(model, el) {
  const data = model.get("data");
  const words = model.get("words");
  const calm = window.matchMedia("(prefers-reduced-motion: reduce)");
  const root = make("div", { class: "pbc-animation", role: "region", "aria-label": words.region });
  const bar = make("div", { class: "controls", role: "toolbar", "aria-label": words.controls }, root);
  const button = (name) => sign(make("button", { type: "button" }, bar), name, words);
  const back = button("back");
  const play = button("play");
  const step = button("step");
  const speedLabel = make("label", { class: "speed" }, bar, words.speed);
  const speed = make("select", {}, speedLabel);
  for (const days of [0.5, 1, 3, 7, 14]) {
    const n = days.toLocaleString(words.locale);
    make("option", { value: days }, speed, filled(words.daysPerSecond, { n }));
  }
  speed.value = "1";
  const clock = make("output", { class: "clock" }, bar);
  const slider = make("input", {
    type: "range", min: 0, max: data.ends, step: 0.01, value: 0, "aria-label": words.time,
  }, root);
  const line = make("p", { class: "summary" }, root);
  const svg = draw("svg", { role: "img", width: "100%" }, root);
  const legend = make("ul", { class: "legend", "aria-label": words.legend }, root);
  for (const kind of ["order", "parcel", "late", "lot"]) {
    const entry = make("li", {}, legend);
    const sign = draw("svg", { width: 16, height: 16, viewBox: "-8 -8 16 16", "aria-hidden": "true" }, entry);
    draw("path", { d: SHAPES[kind], class: kind }, sign);
    entry.append(words.shapes[kind]);
  }
  make("h2", {}, root, words.events);
  const events = make("ol", { class: "events" }, root);
  const details = make("details", {}, root);
  make("summary", {}, details, words.asTable);
  const asTable = make("div", { class: "tables" }, details);
  make("p", { class: "keys" }, root, words.keys);
  el.append(root);

  let t = Math.min(Math.max(model.get("day"), 0), data.ends);
  let running = null;
  let before = 0;
  let where = null;
  let parts = null;

  function refresh() {
    const now = standing(data, t);
    const still = calm.matches;
    const things = show(parts, data, words, where, now, still);
    const date = dated(data, words, t);
    clock.textContent = date;
    slider.value = t;
    slider.setAttribute("aria-valuetext", date);
    const said = summary(data, words, now, things);
    line.textContent = said;
    if (running === null) svg.setAttribute("aria-label", `${date}. ${said}`);
    listed();
    if (details.open) asTable.replaceChildren(...tables(data, words, now));
  }

  let shown = null;
  function listed() {
    const newest = last(data.events.when, t);
    if (newest === shown) return;
    shown = newest;
    // Read out when somebody steps, and not while it runs.
    events.setAttribute("aria-live", running === null ? "polite" : "off");
    events.replaceChildren();
    for (let n = newest; n >= 0 && n > newest - EVENTS_SHOWN; n--) {
      const kind = data.events.kind[n];
      const entry = make("li", { class: `event ${kind.replace(" ", "-")}` }, events);
      make("time", {}, entry, dated(data, words, data.events.when[n]));
      make("span", {}, entry, data.events.text[n]);
    }
  }

  function arrange() {
    const width = Math.max(300, root.clientWidth);
    if (where && Math.abs(where.width - width) < 2) return;
    where = layout(data, width);
    parts = stage(svg, data, words, where);
    refresh();
  }

  function go(to) {
    t = Math.min(Math.max(to, 0), data.ends);
    refresh();
  }

  function tick(time) {
    const passed = Math.min((time - before) / 1000, SLOWEST_FRAME);
    before = time;
    go(t + passed * Number(speed.value));
    if (t >= data.ends) pause();
    else running = requestAnimationFrame(tick);
  }

  function start() {
    if (running !== null) return;
    if (t >= data.ends) t = 0;
    sign(play, "pause", words);
    if (calm.matches) {
      // Less motion: whole days, one after another, without anything gliding.
      running = setInterval(() => {
        go(Math.floor(t) + 1);
        if (t >= data.ends) pause();
      }, 1000 / Math.min(Number(speed.value), 1));
      return;
    }
    before = performance.now();
    running = requestAnimationFrame(tick);
  }

  function pause() {
    if (running === null) return;
    cancelAnimationFrame(running);
    clearInterval(running);
    running = null;
    sign(play, "play", words);
    refresh();
    model.set("day", t);
    model.save_changes();
  }

  const toggle = () => (running === null ? start() : pause());
  function next(direction) {
    pause();
    const { when } = data.events;
    const n = last(when, t);
    if (direction > 0) go(n + 1 < when.length ? when[n + 1] : data.ends);
    else {
      let k = n;
      while (k >= 0 && when[k] >= t) k--;
      go(k >= 0 ? when[k] : 0);
    }
    model.set("day", t);
    model.save_changes();
  }

  play.addEventListener("click", toggle);
  step.addEventListener("click", () => next(1));
  back.addEventListener("click", () => next(-1));
  slider.addEventListener("input", () => {
    pause();
    go(Number(slider.value));
    model.set("day", t);
    model.save_changes();
  });
  details.addEventListener("toggle", refresh);
  root.addEventListener("keydown", (event) => {
    const field = ["INPUT", "SELECT"].includes(event.target.tagName);
    if (event.ctrlKey || event.metaKey || event.altKey || field) return;
    const pressed = ["BUTTON", "SUMMARY"].includes(event.target.tagName);
    if (event.key === " " && !pressed) toggle();
    else if (event.key === "ArrowRight") next(1);
    else if (event.key === "ArrowLeft") next(-1);
    else if (event.key === "Home") go(0);
    else if (event.key === "End") go(data.ends);
    else return;
    event.preventDefault();
    event.stopPropagation();
  });
  root.tabIndex = 0;
  const watcher = new ResizeObserver(arrange);
  watcher.observe(root);
  arrange();
  return { root, stop: () => { pause(); watcher.disconnect(); root.remove(); } };
}

export default {
  render({ model, el }) {
    let current = player(model, el);
    const anew = () => {
      current.stop();
      current = player(model, el);
    };
    model.on("change:data", anew);
    return () => {
      model.off("change:data", anew);
      current.stop();
    };
  },
};
