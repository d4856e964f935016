// Before the first paint: the theme and language that were chosen, else the system's.
(() => {
  const kept = (key) => {
    try {
      return localStorage.getItem(key);
    } catch {
      return null;
    }
  };
  const root = document.documentElement;
  const dark = matchMedia("(prefers-color-scheme: dark)");
  const follow = () => {
    root.dataset.theme = kept("cambio.theme") ?? (dark.matches ? "dark" : "light");
  };
  follow();
  dark.addEventListener("change", follow);
  root.lang = kept("cambio.language") ?? (navigator.language.startsWith("es") ? "es" : "en");
})();
