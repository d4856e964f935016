// Before the first paint: the theme and language that were chosen, else the system's.
(() => {
  const kept = (key) => {
    try {
      return localStorage.getItem(key);
    } catch {
      return null;
    }
  };
  const dark = matchMedia("(prefers-color-scheme: dark)").matches;
  const root = document.documentElement;
  root.dataset.theme = kept("cambio.theme") ?? (dark ? "dark" : "light");
  root.lang = kept("cambio.language") ?? (navigator.language.startsWith("es") ? "es" : "en");
})();
