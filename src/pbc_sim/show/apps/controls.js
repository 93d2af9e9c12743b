// A form made from the trait `sections`; see controls.py for the kinds of fields.
function make(parent, name, properties = {}, text) {
  const made = document.createElement(name);
  Object.assign(made, properties);
  if (text !== undefined) made.textContent = text;
  parent.appendChild(made);
  return made;
}

let forms = 0;

// Where what a form folds stands open: there is room for it.
const WIDE = matchMedia("(min-width: 901px)");

export default {
  render({ model, el }) {
    el.classList.add("pbc-form");
    const form = `pbc${(forms += 1)}`;
    let inputs = {}, words = {};

    // What the kernel has not answered yet: a lost message would otherwise lose a press. It is the
    // model's, for another view of the same form goes on where this one is taken away.
    function pending() {
      const done = model.get("answered");
      return Object.fromEntries(Object.entries(model.get("changes")).filter(([, [n]]) => n > done));
    }

    function say(key, value) {
      const said = Object.values(model.get("changes")).map(([n]) => n);
      const serial = Math.max(model.get("answered"), ...said) + 1;
      model.set("changes", { ...pending(), [key]: [serial, value] });
      model.save_changes();
    }

    function number(parent, field, id) {
      const line = make(parent, "div", { className: "pbc-slide" });
      const slider = field.slider && make(line, "input", {
        type: "range", id: `${id}s`, min: field.min, max: field.max, step: field.step,
      });
      const box = make(line, "input", { type: "number", id, step: "any", inputMode: "decimal" });
      if (field.unit) make(line, "span", { className: "pbc-unit" }, field.unit);
      if (slider) slider.setAttribute("aria-label", field.label);
      const read = (text) => (text === "" ? null : Number(text));
      if (slider) {
        slider.addEventListener("input", () => { box.value = slider.value; say(field.key, read(slider.value)); });
        slider.dataset.key = field.key;
      }
      box.addEventListener("input", () => {
        if (box.value === "" && !field.optional) return;
        if (slider) slider.value = box.value;
        say(field.key, read(box.value));
      });
      box.dataset.key = field.key;
      return (value) => {
        if (document.activeElement !== box || Number(box.value) !== value) box.value = value ?? "";
        if (slider) slider.value = value;
      };
    }

    const KINDS = {
      number,
      choice(parent, field, id) {
        const list = make(parent, "select", { id });
        for (const [value, text] of field.options) make(list, "option", { value }, text);
        list.addEventListener("change", () => say(field.key, list.value));
        list.dataset.key = field.key;
        return (value) => { list.value = value; };
      },
      check(parent, field, id) {
        const box = make(parent, "input", { type: "checkbox", id });
        box.addEventListener("change", () => say(field.key, box.checked));
        box.dataset.key = field.key;
        return (value) => { box.checked = Boolean(value); };
      },
      text(parent, field, id) {
        const box = make(parent, "input", { type: "text", id });
        box.addEventListener("change", () => say(field.key, box.value));
        box.dataset.key = field.key;
        return (value) => { if (document.activeElement !== box) box.value = value ?? ""; };
      },
      file(parent, field, id) {
        // The browser's own words beside it would be in the browser's language.
        const box = make(parent, "input", { type: "file", id, accept: field.accept ?? "", className: "pbc-hidden" });
        box.dataset.key = field.key;
        box.addEventListener("change", async () => {
          if (box.files.length) say(field.key, { name: box.files[0].name, text: await box.files[0].text() });
          box.value = "";
        });
        return () => {};
      },
      button(parent, field) {
        const button = make(parent, "button", { type: "button" }, field.label);
        button.dataset.key = field.key;
        button.addEventListener("click", () => say(field.key, null));
        if (field.disabled) button.disabled = true;
        if (field.primary) button.classList.add("pbc-primary");
        if (field.aloud) button.setAttribute("aria-label", field.aloud);
        return () => {};
      },
    };

    function build() {
      const at = document.activeElement?.dataset?.key, kind = document.activeElement?.type;
      const held = el.contains(document.activeElement);
      const open = {};
      el.querySelectorAll("details").forEach((one) => { open[one.dataset.key] = one.open; });
      el.replaceChildren();
      inputs = {};
      words = {};
      for (const section of model.get("sections")) {
        const box = make(el, section.title ? "fieldset" : "div", { className: "pbc-section" });
        if (section.row) box.classList.add("pbc-row");
        if (section.title) make(box, "legend", {}, section.title);
        words[section.key] = make(box, "div", { className: "pbc-words" });
        let whole = box;
        if (section.folds) {
          const fold = make(box, "details", { className: "pbc-folds" });
          fold.dataset.key = section.key;
          fold.open = open[section.key] ?? WIDE.matches;
          make(fold, "summary", {}, section.folds);
          whole = make(fold, "div", { className: section.row ? "pbc-row" : "" });
        }
        let inside = whole;
        for (const field of section.fields) {
          if (field.more) {
            if (inside === whole) {
              inside = make(whole, "details");
              inside.dataset.key = section.key;
              inside.open = Boolean(open[section.key]);
              make(inside, "summary", {}, section.more);
            }
          } else inside = whole;
          const id = `${form}-${field.key}`;
          const line = make(inside, "div", { className: `pbc-field pbc-kind-${field.kind}` });
          if (field.kind !== "button" && field.kind !== "check") make(line, "label", { htmlFor: id }, field.label);
          inputs[field.key] = KINDS[field.kind](line, field, id);
          if (field.kind === "check") make(line, "label", { htmlFor: id }, field.label);
        }
      }
      refill();
      speak();
      if (held && at) {
        const again = [...el.querySelectorAll("[data-key]")].find((one) => one.dataset.key === at && one.type === kind);
        if (again) again.focus();
      }
    }

    function refill() {
      // What is still on its way is newer than what the kernel says.
      const values = { ...model.get("values") };
      for (const [key, [, value]] of Object.entries(pending())) values[key] = value;
      for (const [key, fill] of Object.entries(inputs)) if (key in values) fill(values[key]);
    }

    function speak() {
      const said = model.get("words");
      for (const [key, place] of Object.entries(words)) {
        const lines = said[key] ?? [];
        const shown = JSON.stringify(lines);
        if (place.dataset.shown === shown) continue;
        place.dataset.shown = shown;
        place.replaceChildren();
        for (const line of lines) make(place, "p", { className: `pbc-${line.kind}` }, line.text);
      }
    }

    const handlers = { "change:sections": build, "change:values": refill, "change:words": speak, "change:answered": refill };
    for (const [name, handler] of Object.entries(handlers)) model.on(name, handler);
    const widened = () => el.querySelectorAll(".pbc-folds").forEach((one) => { one.open = WIDE.matches; });
    WIDE.addEventListener("change", widened);
    build();
    return () => {
      WIDE.removeEventListener("change", widened);
      for (const [name, handler] of Object.entries(handlers)) model.off(name, handler);
    };
  },
};
