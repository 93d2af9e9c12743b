// Puts language and size of type where the browser and screen readers look for them.
export default {
  render({ model, el }) {
    function show() {
      const app = el.closest(".pbc-app");
      if (!app) return;
      app.lang = model.get("language");
      app.classList.toggle("pbc-large", model.get("large"));
      // In a page of its own the app speaks for the page; in JupyterLab it is one part of many.
      if (document.body.dataset.voila) {
        document.documentElement.lang = model.get("language");
        document.title = model.get("title");
      }
    }
    // What is to be seen comes with another message than the wish to see it.
    async function look() {
      const [selector] = model.get("look"), app = el.closest(".pbc-app");
      for (let frames = 0; app && frames < 60; frames += 1) {
        await new Promise(requestAnimationFrame);
        const part = app.querySelector(selector), box = part?.getBoundingClientRect();
        if (!box?.height) continue;
        const whole = box.top >= 0 && box.top < window.innerHeight * 0.5;
        if (!whole) part.scrollIntoView({ block: "start" });
        return;
      }
    }
    model.on("change:look", look);
    model.on("change", show);
    model.set("seen", true);
    model.save_changes();
    // The widget is rendered before it hangs in the page.
    const wait = () => (el.isConnected ? show() : requestAnimationFrame(wait));
    wait();
    return () => { model.off("change", show); model.off("change:look", look); };
  },
};
