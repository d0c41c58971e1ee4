// Whether the screen is as wide as a phone: tables are drawn otherwise there (`ui.style`). It says nothing of who looks.
(() => {
  const phone = matchMedia("(max-width: 639px)");
  const tell = () => {
    document.cookie = `hub_narrow=${phone.matches ? 1 : 0}; path=/; SameSite=Strict`;
  };
  phone.addEventListener("change", tell);
  tell();
})();
// What Streamlit leaves out for screen readers and the keyboard.
// The menu on a phone is read as links, as the one of a wide screen is: Streamlit draws a list in it (`ul`) of which some
// items stand in a part of their own, which a screen reader does not take for a list.
// What is behind a button and longer than the screen is scrolled with the keyboard, so it can be reached with it; and so a
// table that is larger than its place.
(() => {
  const mend = () => {
    for (const part of document.querySelectorAll('[data-testid="stSidebarNavItems"]:is(ul), [data-testid="stSidebarNavItems"] li'))
      part.setAttribute("role", "presentation");
    for (const body of document.querySelectorAll('[data-testid="stPopoverBody"]'))
      if (body.scrollHeight > body.clientHeight) body.setAttribute("tabindex", "0");
    for (const place of document.querySelectorAll('[data-testid="stTable"] > div'))
      if (place.scrollHeight > place.clientHeight || place.scrollWidth > place.clientWidth) place.setAttribute("tabindex", "0");
  };
  let waits = false;
  new MutationObserver(() => {
    if (waits) return;
    waits = true;
    requestAnimationFrame(() => {
      waits = false;
      mend();
    });
  }).observe(document.documentElement, { childList: true, subtree: true });
})();
// A figure as a picture, with the colour of the page behind it: what is asked for stands in the menu of the figure.
document.addEventListener("click", ({ target }) => {
  const asked = target.closest?.(".hub-picture");
  const drawn = asked && document.querySelector(`.st-key-figure_${CSS.escape(asked.dataset.figure)} .hub-chart`);
  if (!drawn?.data) return;
  const { backgroundColor } = getComputedStyle(document.querySelector('[data-testid="stApp"]'));
  const [width, height] = [drawn.offsetWidth, drawn.offsetHeight];
  const layout = { ...drawn.layout, paper_bgcolor: backgroundColor };
  const how = { format: "png", scale: 2, width, height, filename: asked.dataset.figure };
  window.Plotly.downloadImage({ data: drawn.data, layout }, how);
});
// Every page is served from the root. Without this Streamlit asks for its server below the page first, and waits for the
// answer that there is none.
window.__streamlit = { BACKEND_BASE_URL: location.origin };

// A story is presented on the whole screen, and goes on with the arrow keys or those of a presenter.
(() => {
  const KEYS = { ArrowRight: "next", PageDown: "next", ArrowLeft: "previous", PageUp: "previous", Escape: "stop" };
  // Here these keys mean something else.
  const OWN =
    "input, textarea, canvas, [contenteditable], [role=slider], [role=tab], [role=radio], [role=combobox], [role=listbox]";
  addEventListener("keydown", (event) => {
    const name = Object.hasOwn(KEYS, event.key) ? KEYS[event.key] : "";
    const button = name && document.querySelector(`.st-key-story_${name} button:not(:disabled)`);
    const isOther = event.defaultPrevented || event.ctrlKey || event.altKey || event.metaKey || event.shiftKey;
    if (!button || isOther || event.target.closest(OWN) || document.querySelector('[data-testid="stPopoverBody"]')) return;
    event.preventDefault();
    button.click();
  });
  addEventListener("click", (event) => {
    if (event.target.closest(".st-key-present button")) document.documentElement.requestFullscreen?.().catch(() => {});
    if (event.target.closest(".st-key-story_stop button") && document.fullscreenElement) document.exitFullscreen();
  });
})();
