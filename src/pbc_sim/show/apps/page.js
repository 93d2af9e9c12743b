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
    model.on("change", show);
    model.set("seen", true);
    model.save_changes();
    // The widget is rendered before it hangs in the page.
    const wait = () => (el.isConnected ? show() : requestAnimationFrame(wait));
    wait();
    return () => model.off("change", show);
  },
};
