// What Streamlit leaves out for screen readers and the keyboard.
// The menu on a phone is read as links, as the one of a wide screen is: Streamlit draws a list in it (`ul`) of which some
// items stand in a part of their own, which a screen reader does not take for a list.
// What is behind a button and longer than the screen is scrolled with the keyboard, so it can be reached with it.
(() => {
  const mend = () => {
    for (const part of document.querySelectorAll('[data-testid="stSidebarNavItems"]:is(ul), [data-testid="stSidebarNavItems"] li'))
      part.setAttribute("role", "presentation");
    for (const body of document.querySelectorAll('[data-testid="stPopoverBody"]'))
      if (body.scrollHeight > body.clientHeight) body.setAttribute("tabindex", "0");
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
// Every page is served from the root. Without this Streamlit asks for its server below the page first, and waits for the
// answer that there is none.
window.__streamlit = { BACKEND_BASE_URL: location.origin };
