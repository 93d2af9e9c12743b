// Draws one picture from the trait `picture`; see chart.py for the kinds of marks.
const SVG = "http://www.w3.org/2000/svg";

function node(parent, name, attributes = {}, text) {
  const made = document.createElementNS(SVG, name);
  for (const [key, value] of Object.entries(attributes)) {
    // A style sheet of the page would win over the attribute.
    if (key === "font-size") made.style.fontSize = `${value}px`;
    else made.setAttribute(key, value);
  }
  if (text !== undefined) made.textContent = text;
  parent.appendChild(made);
  return made;
}

const canvas = document.createElement("canvas").getContext("2d");

function widthOf(text, size, bold = false) {
  canvas.font = `${bold ? "bold " : ""}${size}px sans-serif`;
  return canvas.measureText(text).width;
}

function filled(words, room, size, bold) {
  return words.reduce((lines, word) => {
    const longer = `${lines.at(-1)} ${word}`.trimStart();
    if (lines.at(-1) && widthOf(longer, size, bold) > room) lines.push(word);
    else lines[lines.length - 1] = longer;
    return lines;
  }, [""]);
}

// A text over as few lines as there is room for, all about as long.
function broken(text, room, size, bold) {
  const words = text.split(" ");
  let lines = filled(words, room, size, bold);
  for (let narrower = room - 4; narrower > size; narrower -= 4) {
    const tried = filled(words, narrower, size, bold);
    if (tried.length > lines.length || tried.some((line) => widthOf(line, size, bold) > narrower)) break;
    lines = tried;
  }
  return lines;
}

function linear(low, high, from, to) {
  const span = high - low || 1;
  return (value) => from + ((value - low) / span) * (to - from);
}

function overlaps(a, b) {
  return a.x0 < b.x1 && b.x0 < a.x1 && a.y0 < b.y1 && b.y0 < a.y1;
}

// Text near a point, on the first side where it covers nothing, over several lines if it is long.
function place(scene, x, y, text, sides, gap, colour, bold) {
  const { size, frame, taken } = scene;
  const lines = broken(text, frame.outerRight - frame.outerLeft, size, bold);
  const width = Math.max(...lines.map((line) => widthOf(line, size, bold)));
  const half = size * 0.6 * lines.length;
  const boxes = sides.map((side) => {
    const [dx, dy] = { right: [1, 0], left: [-1, 0], above: [0, -1], below: [0, 1],
      "above right": [0.5, -1], "below right": [0.5, 1], "above left": [-0.5, -1],
      "below left": [-0.5, 1] }[side];
    const cx = x + (dx === 1 || dx === -1 ? dx * (gap + width / 2) : dx * width);
    const cy = y + dy * (gap + half - size * 0.05);
    return { x0: cx - width / 2, x1: cx + width / 2, y0: cy - half, y1: cy + half };
  });
  const inside = (b) => b.x0 >= frame.outerLeft && b.x1 <= frame.outerRight && b.y0 >= 0 &&
    b.y1 <= frame.outerBottom;
  let box = boxes.find((b) => inside(b) && !taken.some((t) => overlaps(t, b)));
  if (!box) {
    box = boxes.find(inside) || boxes[0];
    const over = Math.max(0, box.x1 - frame.outerRight) || Math.min(0, box.x0 - frame.outerLeft);
    box = { ...box, x0: box.x0 - over, x1: box.x1 - over };
  }
  taken.push(box);
  lines.forEach((line, n) => node(scene.labels, "text", {
    x: (box.x0 + box.x1) / 2, y: box.y0 + size * (0.6 + 1.2 * n), "text-anchor": "middle",
    "dominant-baseline": "central", fill: colour || "#222", "font-size": size,
    "font-weight": bold ? "bold" : "normal", "paint-order": "stroke", stroke: "#fff",
    "stroke-width": 3,
  }, line));
}

const SIDES = ["right", "left", "above", "below", "above right", "above left", "below right",
  "below left"];

const DRAW = {
  area(scene, mark) {
    const { x, y } = scene;
    const there = mark.x.map((_, n) => n).filter((n) => mark.low[n] !== null);
    const up = there.map((n) => `${x(mark.x[n])},${y(mark.high[n])}`);
    const down = there.map((n) => `${x(mark.x[n])},${y(mark.low[n])}`).reverse();
    node(scene.marks, "polygon", { points: [...up, ...down].join(" "), fill: mark.colour,
      opacity: mark.opacity ?? 0.2 });
    if (mark.label && there.length) {
      const n = there[Math.floor(there.length / 2)];
      place(scene, x(mark.x[n]), y(mark.high[n]), mark.label, ["above", "below"], 2, mark.colour);
    }
  },
  line(scene, mark) {
    const { x, y } = scene;
    let path = "", pen = "M";
    mark.x.forEach((value, n) => {
      if (mark.y[n] === null) { pen = "M"; return; }
      if (mark.steps && pen === "L") path += `H${x(value)}`;
      path += `${pen}${x(value)} ${y(mark.y[n])}`;
      pen = "L";
    });
    node(scene.marks, "path", { d: path, fill: "none", stroke: mark.colour,
      "stroke-width": mark.width ?? 2, "stroke-dasharray": mark.dash ?? "", "stroke-linejoin": "round" });
    const last = mark.y.findLastIndex((value) => value !== null);
    if (mark.label && last >= 0) {
      place(scene, x(mark.x[last]), y(mark.y[last]), mark.label,
        ["right", "above left", "below left", "left"], 4, mark.colour, true);
    }
  },
  bar(scene, mark) {
    const { x, y } = scene;
    const [left, right] = [x(mark.x0), x(mark.x1)].sort((a, b) => a - b);
    const [top, bottom] = [y(mark.y0), y(mark.y1)].sort((a, b) => a - b);
    node(scene.marks, "rect", { x: left, y: top, width: right - left, height: bottom - top,
      fill: mark.colour, opacity: mark.opacity ?? 1 });
    if (mark.label) {
      place(scene, right, (top + bottom) / 2, mark.label, ["right", "left"], 4, mark.ink);
    }
  },
  span(scene, mark) {
    const { x, y } = scene;
    const at = y(mark.y) + (mark.shift ?? 0);
    node(scene.marks, "line", { x1: x(mark.x0), x2: x(mark.x1), y1: at, y2: at,
      stroke: mark.colour, "stroke-width": mark.width ?? 2, opacity: mark.opacity ?? 1 });
    for (const end of mark.ends ? [mark.x0, mark.x1] : []) {
      node(scene.marks, "line", { x1: x(end), x2: x(end), y1: at - 4, y2: at + 4,
        stroke: mark.colour, "stroke-width": mark.width ?? 2 });
    }
    if (!mark.label) return;
    const [left, right] = [x(mark.x0), x(mark.x1)].sort((a, b) => a - b);
    const fits = right + 8 + widthOf(mark.label, scene.size, true) < scene.frame.outerRight;
    scene.later.push(() => place(scene, fits ? right : left, at, mark.label, [fits ? "right" : "left"],
      8, mark.colour, true));
  },
  dot(scene, mark) {
    const cx = scene.x(mark.x), cy = scene.y(mark.y) + (mark.shift ?? 0), r = mark.size ?? 5;
    const look = { fill: mark.hollow ? "#fff" : mark.colour, stroke: mark.edge ?? mark.colour,
      "stroke-width": 2 };
    const shapes = {
      circle: () => node(scene.marks, "circle", { cx, cy, r, ...look }),
      square: () => node(scene.marks, "rect", { x: cx - r, y: cy - r, width: 2 * r, height: 2 * r, ...look }),
      diamond: () => node(scene.marks, "path", { d: `M${cx} ${cy - 1.4 * r}L${cx + 1.4 * r} ${cy}L${cx} ${cy + 1.4 * r}L${cx - 1.4 * r} ${cy}Z`, ...look }),
      cross: () => node(scene.marks, "path", { d: `M${cx - r} ${cy - r}L${cx + r} ${cy + r}M${cx - r} ${cy + r}L${cx + r} ${cy - r}`, fill: "none", stroke: mark.colour, "stroke-width": 2.5 }),
      tick: () => node(scene.marks, "line", { x1: cx, x2: cx, y1: cy - r, y2: cy + r, stroke: mark.colour, "stroke-width": 2.5 }),
    };
    (shapes[mark.shape] ?? shapes.circle)();
    scene.taken.push({ x0: cx - r, x1: cx + r, y0: cy - r, y1: cy + r });
    if (mark.label) {
      // On a narrow screen the name of a row stands above it.
      const sides = (mark.sides ?? SIDES).map((side) => (scene.narrow ? side.replace("above", "below") : side));
      scene.later.push(() => place(scene, cx, cy, mark.label, sides, r + 3, mark.ink, mark.bold));
    }
  },
  rule(scene, mark) {
    const { x, y, frame } = scene;
    const upright = mark.x !== undefined && mark.x !== null;
    const at = upright ? x(mark.x) : y(mark.y);
    const ends = upright
      ? { x1: at, x2: at, y1: mark.y0 === undefined ? frame.top : y(mark.y0), y2: mark.y1 === undefined ? frame.bottom : y(mark.y1) }
      : { x1: frame.left, x2: frame.right, y1: at, y2: at };
    node(scene.marks, "line", { ...ends, stroke: mark.colour ?? "#222", "stroke-width": mark.width ?? 1.5,
      "stroke-dasharray": mark.dash ?? "5 4" });
    if (!mark.label) return;
    scene.later.push(() => {
      const [px, py] = upright ? [at, ends.y1] : [frame.right, at];
      const sides = upright ? ["above", "above right", "above left", "right", "left"] : ["above left", "below left"];
      place(scene, px, py, mark.label, sides, 2, mark.colour ?? "#222");
    });
  },
  text(scene, mark) {
    node(scene.labels, "text", { x: scene.x(mark.x), y: scene.y(mark.y) + (mark.shift ?? 0),
      "text-anchor": mark.anchor ?? "start", "dominant-baseline": "central", fill: mark.colour ?? "#222",
      "font-size": scene.size, "font-style": mark.italic ? "italic" : "normal" }, mark.text);
  },
};

function draw(svg, picture, width, size) {
  svg.replaceChildren();
  const { x: across, y: up } = picture;
  const rows = Boolean(up.rows), narrow = rows && width < 34 * size;
  const ticksUp = up.ticks ?? [];
  const widest = Math.max(0, ...ticksUp.map((tick) => widthOf(tick.text, size)));
  const left = narrow ? 6 : Math.min(widest + 10, width * 0.42);
  const named = ticksUp.map((tick) => (rows
    ? broken(tick.text, narrow ? width - 12 : left - 10, size, tick.bold) : [tick.text]));
  const most = Math.max(1, ...named.map((lines) => lines.length));
  // On a narrow screen the name of a row stands above it, and what a mark is called below.
  const below = Math.max(1, ...(picture.marks ?? []).filter((mark) => mark.kind === "dot" && mark.label)
    .map((mark) => broken(mark.label, width - 4, size, mark.bold).length));
  const rowHeight = size * (narrow ? 1.8 + 1.2 * (most + below) : Math.max(3.6, 1.2 * most));
  const top = size * (picture.rules_named ? 1.7 : 0.8) + (up.label && !rows ? size * 1.5 : 0);
  const inner = rows ? rowHeight * (up.max - up.min) : Math.max(picture.height ?? 220, 8 * size);
  const bottom = top + inner, right = width - Math.max(12, picture.right ?? 12);
  const height = bottom + size * (across.label ? 3.3 : 1.9);
  svg.setAttribute("viewBox", `0 0 ${width} ${height}`);
  svg.setAttribute("width", width);
  svg.setAttribute("height", height);
  const x = linear(across.min, across.max, left, right);
  // Rows go down from the first one, values go up.
  const down = narrow ? 0.6 * size * (most - below) : 0;
  const y = rows ? linear(up.min, up.max, top + down, bottom + down) : linear(up.min, up.max, bottom, top);
  const axes = node(svg, "g"), marks = node(svg, "g"), labels = node(svg, "g");
  const frame = { left, right, top, bottom, outerLeft: 2, outerRight: width - 2, outerBottom: bottom };
  const scene = { x, y, size, narrow, frame, marks, labels, taken: [], later: [] };
  let free = -Infinity;
  for (const tick of across.ticks ?? []) {
    const at = x(tick.at), half = widthOf(tick.text, size * 0.9) / 2;
    node(axes, "line", { x1: at, x2: at, y1: top, y2: bottom, stroke: "#e2e5e9" });
    const shifted = Math.min(Math.max(at, half + 1), width - half - 1);
    if (shifted - half < free) continue;
    free = shifted + half + 8;
    node(axes, "text", { x: shifted, y: bottom + size * 1.05, "text-anchor": "middle", fill: "#3d4650",
      "font-size": size * 0.9 }, tick.text);
  }
  ticksUp.forEach((tick, nth) => {
    const at = y(tick.at), lines = named[nth];
    if (!rows) node(axes, "line", { x1: left, x2: right, y1: at, y2: at, stroke: "#e2e5e9" });
    const half = lines.length * size * 0.6;
    // A name stands above its row where there is no room beside it.
    const spot = narrow
      ? { x: left, y: at - size * 0.75 - half, "text-anchor": "start" }
      : { x: left - 8, y: at, "text-anchor": "end" };
    lines.forEach((line, n) => node(labels, "text", { ...spot,
      y: spot.y + (n - (lines.length - 1) / 2) * size * 1.2, "dominant-baseline": "central",
      fill: "#222", "font-size": size, "font-weight": tick.bold ? "bold" : "normal" }, line));
    if (rows && !narrow) {
      scene.taken.push({ x0: 0, x1: left - 8, y0: spot.y - half, y1: spot.y + half });
    }
  });
  if (across.label) {
    node(axes, "text", { x: (left + right) / 2, y: bottom + size * 2.6, "text-anchor": "middle",
      fill: "#222", "font-size": size }, across.label);
  }
  if (up.label && !rows) {
    node(axes, "text", { x: 4, y: size * 0.95, fill: "#222", "font-size": size }, up.label);
  }
  node(axes, "line", { x1: left, x2: right, y1: bottom, y2: bottom, stroke: "#6b7480" });
  for (const mark of picture.marks ?? []) DRAW[mark.kind](scene, mark);
  for (const finish of scene.later) finish();
}

function table(details, picture) {
  const drawn = document.createElement("table");
  const head = drawn.createTHead().insertRow();
  for (const text of picture.table.head) {
    const cell = document.createElement("th");
    cell.scope = "col";
    cell.textContent = text;
    head.appendChild(cell);
  }
  const body = drawn.createTBody();
  for (const row of picture.table.rows) {
    const line = body.insertRow();
    row.forEach((text, n) => {
      const cell = n ? line.insertCell() : line.appendChild(document.createElement("th"));
      if (!n) cell.scope = "row";
      cell.textContent = text;
    });
  }
  details.querySelector(".pbc-scroll").replaceChildren(drawn);
}

export default {
  render({ model, el }) {
    el.classList.add("pbc-chart");
    const figure = document.createElement("figure");
    const caption = document.createElement("figcaption");
    const svg = document.createElementNS(SVG, "svg");
    svg.setAttribute("role", "img");
    const details = document.createElement("details");
    details.innerHTML = '<summary></summary><div class="pbc-scroll" tabindex="0" role="region"></div>';
    figure.append(caption, svg, details);
    el.appendChild(figure);

    function show() {
      const picture = model.get("picture");
      if (!picture.x) { figure.hidden = true; return; }
      figure.hidden = false;
      caption.textContent = picture.title;
      svg.setAttribute("aria-label", picture.says);
      details.hidden = !picture.table;
      if (picture.table) {
        details.querySelector("summary").textContent = picture.table.summary;
        details.querySelector(".pbc-scroll").setAttribute("aria-label", picture.table.summary);
        if (details.open) table(details, picture);
      }
      const width = Math.floor(figure.clientWidth);
      if (width > 40) draw(svg, picture, width, parseFloat(getComputedStyle(figure).fontSize) * 0.87);
      svg.dataset.drawn = String(Number(svg.dataset.drawn ?? 0) + 1);
    }

    details.addEventListener("toggle", () => {
      // Told a moment after it was opened, when another picture may have come, without a table.
      if (details.open && model.get("picture").table) table(details, model.get("picture"));
    });
    model.on("change:picture", show);
    let known = 0;
    const watcher = new ResizeObserver(() => {
      const shown = `${figure.clientWidth} ${getComputedStyle(figure).fontSize}`;
      if (shown !== known) { known = shown; show(); }
    });
    watcher.observe(figure);
    return () => { watcher.disconnect(); model.off("change:picture", show); };
  },
};
