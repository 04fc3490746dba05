'use strict';
// The page of what was read: filters, the list on a narrow screen, printing.

const one = selector => document.querySelector(selector);
const items = [...document.querySelectorAll('#list .st')];

function filterStatements() {
  const kinds = new Set([...document.querySelectorAll('input[name="kind"]:checked')].map(box => box.value));
  const who = one('#by-who').value, manner = one('#by-manner').value, sure = +one('#by-sure').value;
  const kept = new Set();
  for (const item of items) {
    const keep = kinds.has(item.dataset.kind) && (!who || item.dataset.who.split(' ').includes(who))
      && (!manner || item.dataset.manner === manner) && +item.dataset.sure >= sure;
    item.hidden = !keep;
    if (keep) kept.add(item.id.slice(2));
  }
  one('#list-count').textContent = `${kept.size} of ${items.length} statements`;
  Marks.filter(key => kept.has(key));
}

function openList(open) {
  one('#list').classList.toggle('open', open);
  one('#list-toggle').setAttribute('aria-expanded', String(open));
}

for (const told of ['input', 'change']) one('#filters').addEventListener(told, filterStatements);
one('#filters').addEventListener('submit', event => event.preventDefault());
one('#list-toggle').addEventListener('click', () => { Marks.hide(); openList(!one('#list').classList.contains('open')); });
document.addEventListener('gone', () => openList(false));
document.addEventListener('keydown', event => { if (event.key === 'Escape') openList(false); });
startTheme();
filterStatements();

let before = null;
addEventListener('beforeprint', () => {
  before = { theme: document.documentElement.dataset.theme, closed: [...document.querySelectorAll('details:not([open])')] };
  Marks.hide();
  setTheme('light');
  for (const part of before.closed) part.open = true;
});
addEventListener('afterprint', () => {
  if (!before) return;
  setTheme(before.theme);
  for (const part of before.closed) part.open = false;
  before = null;
});
