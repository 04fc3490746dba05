'use strict';
// Light or dark: the button that switches, and what was chosen kept for the next page.

function setTheme(name) {
  document.documentElement.dataset.theme = name;
  document.dispatchEvent(new Event('themechange'));
}

function startTheme() {
  const button = document.querySelector('#theme');
  const label = () => {
    const dark = document.documentElement.dataset.theme === 'dark';
    button.textContent = dark ? 'Light' : 'Dark';
    button.setAttribute('aria-label', `Switch to the ${dark ? 'light' : 'dark'} theme`);
  };
  button.addEventListener('click', () => {
    const next = document.documentElement.dataset.theme === 'dark' ? 'light' : 'dark';
    try { localStorage.setItem('shatterbelt-theme', next); } catch { /* storage may be closed to files */ }
    setTheme(next);
  });
  document.addEventListener('themechange', label);
  label();
}
