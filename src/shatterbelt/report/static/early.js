// Before anything is painted: the theme that was chosen, else the system's.
(() => {
  const system = matchMedia('(prefers-color-scheme: dark)');
  let stored = null;
  try { stored = localStorage.getItem('shatterbelt-theme'); } catch { /* storage may be closed to files */ }
  const set = () => { document.documentElement.dataset.theme = stored || (system.matches ? 'dark' : 'light'); };
  set();
  system.addEventListener('change', () => {
    set();
    document.dispatchEvent(new Event('themechange'));
  });
  document.documentElement.classList.add('scripted');
})();
