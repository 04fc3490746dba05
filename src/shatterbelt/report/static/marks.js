'use strict';
// Marked passages: pointing, focusing or tapping shows the coding on a card; the list holds it for all.

const Marks = (() => {
  const all = (selector, root = document) => [...root.querySelectorAll(selector)];
  const item = key => document.getElementById('s-' + key);
  const quotes = new Map(), parts = new Map(), tags = new Map();
  const put = (map, key, value) => (map.get(key) ?? map.set(key, []).get(key)).push(value);
  let card, shown = null, pinned = false, later = 0;

  function index() {
    for (const node of all('[data-s]')) for (const key of node.dataset.s.split(' ')) put(quotes, key, node);
    for (const node of all('[data-p]')) {
      for (const entry of node.dataset.p.split(' ')) {
        const [key, part] = entry.split(':');
        put(parts, key, [node, part]);
      }
    }
    for (const node of all('.tag[data-k]')) put(tags, node.dataset.k, node);
  }

  /** Light up everything that belongs to a statement; without a key put it all out. */
  function light(key) {
    for (const node of all('.on')) node.classList.remove('on', 'core', 'effect', 'voice', 'also');
    for (const node of all('.lit')) node.classList.remove('lit');
    if (!key) return;
    const colour = `var(--${item(key).dataset.kind})`;
    for (const node of quotes.get(key) ?? []) node.classList.add('on');
    for (const [node, part] of parts.get(key) ?? []) node.classList.add('on', part);
    for (const node of all('.on')) node.style.setProperty('--on', colour);
    for (const node of [...(tags.get(key) ?? []), item(key)]) node.classList.add('lit');
  }

  function element(tag, className, ...children) {
    const node = document.createElement(tag);
    node.className = className;
    node.append(...children);
    return node;
  }

  /** Show the card of the first statement; the others that hold the same words are offered below it. */
  function show(keys, at, pin) {
    const entry = item(keys[0]);
    if (!entry) return;
    clearTimeout(later);
    pinned = pin;
    shown = keys[0];
    card.className = entry.dataset.kind + (pin ? ' pinned' : '');
    const head = element('p', 'head', ...all('.name, .short', entry).map(node => node.cloneNode(true)));
    const close = element('button', 'close', '×');
    close.type = 'button';
    close.setAttribute('aria-label', 'Close');
    close.addEventListener('click', hide);
    card.replaceChildren(close, head, entry.querySelector('.coding').cloneNode(true));
    if (keys.length > 1) card.append(others(keys, at));
    card.append(element('p', 'hint', 'Click to keep it open.'));
    card.hidden = false;
    place(at);
    light(keys[0]);
    if (pin) reveal(entry);
  }

  function others(keys, at) {
    const box = element('div', 'others', 'Also here:');
    for (const key of keys.slice(1, 8)) {
      const entry = item(key);
      const button = element('button', entry.dataset.kind, ...all('.name, .short', entry).map(node => node.cloneNode(true)));
      button.type = 'button';
      button.addEventListener('click', () => show([key, ...keys.filter(other => other !== key)], at, true));
      box.append(button);
    }
    return box;
  }

  /** Put the card below the words, or above where there is more room. */
  function place(at) {
    const wide = card.offsetWidth, high = card.offsetHeight, gap = 10;
    const left = Math.max(8, Math.min(at.left, innerWidth - wide - 12));
    const below = at.bottom + gap;
    const top = below + high < innerHeight || at.top < innerHeight - at.bottom ? below : at.top - high - gap;
    card.style.left = `${left}px`;
    card.style.top = `${Math.max(8, Math.min(top, innerHeight - high - 8))}px`;
  }

  /** Bring a list's item into view within its list, without moving the page. */
  function reveal(entry) {
    const box = entry.closest('.rolls');
    if (!box || !box.offsetParent) return;
    const here = entry.getBoundingClientRect(), frame = box.getBoundingClientRect();
    if (here.top < frame.top || here.bottom > frame.bottom) box.scrollTop += here.top - frame.top - frame.height / 3;
  }

  function hide() {
    clearTimeout(later);
    pinned = false;
    shown = null;
    card.hidden = true;
    light(null);
  }

  const soon = () => { clearTimeout(later); later = setTimeout(() => { if (!pinned) hide(); }, 220); };

  /** The statements under a node that are not filtered out, and the line of text that was pointed at. */
  function under(node, event) {
    const tag = node.closest?.('.tag[data-k]'), mark = node.closest?.('.m[data-s]:not(.off)');
    const keys = tag ? [tag.dataset.k] : mark ? mark.dataset.s.split(' ').filter(key => !item(key)?.hidden) : [];
    if (!keys.length) return null;
    const boxes = [...(tag ?? mark).getClientRects()];
    const at = boxes.find(box => event.clientY >= box.top - 4 && event.clientY <= box.bottom + 4) ?? boxes[0];
    const x = event.clientX && !tag ? event.clientX - 20 : at.left;
    return { keys, at: { left: x, top: at.top, bottom: at.bottom } };
  }

  function go(key) {
    const tag = (tags.get(key) ?? [])[0];
    if (!tag) return;
    tag.closest('details')?.setAttribute('open', '');
    tag.scrollIntoView({ block: 'center' });
    tag.focus({ preventScroll: true });
    requestAnimationFrame(() => show([key], tag.getBoundingClientRect(), true));
  }

  function listen() {
    document.addEventListener('mouseover', event => {
      if (pinned) return;
      if (card.contains(event.target)) return clearTimeout(later);
      const found = under(event.target, event);
      if (!found) return soon();
      if (found.keys[0] !== shown) show(found.keys, found.at, false);
      else clearTimeout(later);
    });
    document.addEventListener('focusin', event => {
      const tag = event.target.closest?.('.tag[data-k]');
      if (tag && tag.dataset.k !== shown) show([tag.dataset.k], tag.getBoundingClientRect(), pinned);
    });
    document.addEventListener('click', event => {
      const link = event.target.closest?.('[data-go]');
      if (link) { event.preventDefault(); document.dispatchEvent(new Event('gone')); return go(link.dataset.go); }
      if (card.contains(event.target)) return undefined;
      const found = under(event.target, event);
      if (!found) return hide();
      event.preventDefault();
      return show(found.keys, found.at, true);
    });
    document.addEventListener('focusout', event => { if (event.target.matches?.('.tag') && !pinned) soon(); });
    document.addEventListener('keydown', event => { if (event.key === 'Escape') hide(); });
    addEventListener('scroll', () => { if (!pinned) hide(); }, { passive: true });
  }

  /** Leave only the statements marked that `keep` holds; the lines below the words follow. */
  function filter(keep) {
    for (const node of all('.m[data-s]')) {
      const kinds = node.dataset.s.split(' ').filter(keep).map(key => item(key).dataset.kind);
      node.className = kinds.length ? `m ${kinds[0]} ${[...new Set(kinds)].map(kind => 'has-' + kind).join(' ')}` : 'm off';
    }
    for (const [key, nodes] of tags) for (const node of nodes) node.hidden = !keep(key);
    hide();
  }

  function start() {
    index();
    card = document.body.appendChild(element('div', ''));
    card.id = 'card';
    card.setAttribute('role', 'status');
    card.hidden = true;
    listen();
  }

  return { start, filter, hide };
})();

Marks.start();
