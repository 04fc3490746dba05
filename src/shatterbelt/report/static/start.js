'use strict';
// Put the parts to work; words, contents, printing.

function startWords() {
  const choose = $('#scale');
  choose?.addEventListener('change', () => { document.documentElement.dataset.scale = choose.value; });
}

function startContents() {
  const links = new Map($$('#contents a').map(link => [link.hash.slice(1), link]));
  const toggle = $('#contents-toggle');
  toggle.addEventListener('click', () => {
    const open = $('#contents').classList.toggle('open');
    toggle.setAttribute('aria-expanded', String(open));
  });
  $('#contents').addEventListener('click', event => {
    if (!event.target.closest('a')) return;
    $('#contents').classList.remove('open');
    toggle.setAttribute('aria-expanded', 'false');
  });
  const mark = new IntersectionObserver(entries => {
    for (const entry of entries) {
      if (!entry.isIntersecting) continue;
      for (const link of links.values()) link.removeAttribute('aria-current');
      links.get(entry.target.id)?.setAttribute('aria-current', 'true');
    }
  }, { rootMargin: '-10% 0px -80% 0px' });
  for (const section of $$('main section[id]')) mark.observe(section);
}

function startPrinting() {
  let before = null;
  addEventListener('beforeprint', () => {
    before = { theme: document.documentElement.dataset.theme, open: $$('details:not([open])') };
    setTheme('light');
    for (const part of before.open) part.open = true;
    drawAll();
    mapPicture();
  });
  addEventListener('afterprint', () => {
    if (!before) return;
    setTheme(before.theme);
    $('.print-map')?.remove();
    for (const part of before.open) part.open = false;
    before = null;
  });
}

startTheme();
startWords();
startContents();
startTables();
startDrawing();
startFans();
startCompare();
startMap();
startTimeline();
startPrinting();
if (document.readyState === 'complete') drawInIdleTime();
else addEventListener('load', drawInIdleTime);
