// Keeps the language of the page, which screen readers read it in, equal to the one in the address: the dashboard
// writes it there whenever somebody chooses another, without loading the page again.
(() => {
  const follow = () => {
    const language = new URLSearchParams(location.search).get("lang") ?? "";
    if (/^[a-z]{2}$/.test(language) && document.documentElement.lang !== language) document.documentElement.lang = language;
  };
  for (const name of ["pushState", "replaceState"]) {
    const original = history[name];
    history[name] = function (...given) {
      original.apply(this, given);
      follow();
    };
  }
  addEventListener("popstate", follow);
  follow();
})();
