'use strict';
// The causal map: filter by narrative and row, click an arrow for its claim.

const WIDTHS = { slight: 1.2, moderate: 2.4, strong: 4.2 };
const SIGNS = { '+': '+', '-': '−', unknown: '?' };
let graph = null;

function mapStyle() {
  const sign = { '+': theme('--plus'), '-': theme('--minus'), unknown: theme('--unknown') };
  const ink = theme('--ink'), surface = theme('--surface'), muted = theme('--muted');
  const font = 'system-ui, -apple-system, Segoe UI, Roboto, Arial, sans-serif';
  return [
    { selector: 'node', style: {
      shape: 'round-rectangle', width: 122, height: 40, label: 'data(title)', 'font-family': font, 'font-size': 10.5,
      'text-wrap': 'wrap', 'text-max-width': 116, 'text-valign': 'center', 'text-halign': 'center', color: ink,
      'background-color': surface, 'border-width': 1.2, 'border-color': theme('--axis'), 'z-index': 10 } },
    { selector: 'node[kind = "given"]', style: { 'border-style': 'dashed' } },
    { selector: 'node[?lever]', style: { 'border-width': 2.4 } },
    { selector: 'node[kind = "events"]', style: { shape: 'ellipse', width: 128, height: 42 } },
    { selector: 'node[kind = "status"]', style: { shape: 'cut-rectangle' } },
    { selector: 'node.head', style: {
      shape: 'rectangle', 'background-opacity': 0, 'border-width': 0, 'font-size': 13, 'font-weight': 600, color: muted,
      width: 150, height: 24, 'text-max-width': 140, events: 'no' } },
    { selector: 'edge', style: {
      width: edge => WIDTHS[edge.data('strength')] || 1, 'line-color': edge => sign[edge.data('sign')] || muted,
      'target-arrow-color': edge => sign[edge.data('sign')] || muted, 'target-arrow-shape': 'triangle', 'arrow-scale': 1.05,
      'curve-style': 'bezier', 'control-point-step-size': 34, opacity: 0.6,
      'target-label': edge => SIGNS[edge.data('sign')] || '', 'target-text-offset': 17, 'target-text-margin-y': -8, 'source-text-margin-y': 0, 'font-size': 17, 'font-weight': 700,
      'font-family': font, color: edge => sign[edge.data('sign')] || muted,
      'text-background-color': theme('--bg'), 'text-background-opacity': 0.85, 'text-background-padding': 1,
      'source-label': edge => (edge.data('delay') ? '//' : ''), 'source-text-offset': 30, 'min-zoomed-font-size': 7 } },
    { selector: 'edge[count]', style: {
      label: edge => (edge.data('count') > 1 ? String(edge.data('count')) : ''), 'font-size': 11 } },
    { selector: 'edge[?contested]', style: { 'line-style': 'dashed', 'line-dash-pattern': [7, 4] } },
    { selector: 'edge.bow', style: { 'curve-style': 'unbundled-bezier', 'control-point-distances': [46], 'control-point-weights': [0.5] } },
    { selector: 'edge.definition', style: { width: 1, 'line-style': 'dotted', 'line-color': muted, 'target-arrow-color': muted, 'arrow-scale': 0.7, opacity: 0.55, events: 'no' } },
    { selector: '.faded', style: { opacity: 0.08, 'text-opacity': 0.1 } },
    { selector: 'node.faded', style: { opacity: 0.45, 'text-opacity': 0.6 } },
    { selector: '.picked', style: { opacity: 1, 'underlay-color': theme('--accent'), 'underlay-opacity': 0.25, 'underlay-padding': 5, 'z-index': 20 } },
  ];
}

function mapElements() {
  const { nodes, edges, definitions, columns } = DATA.map;
  const at = Object.fromEntries(nodes.map(node => [node.id, node]));
  const top = Math.min(...nodes.filter(node => node.claimed).map(node => node.y));
  const found = nodes.map(node => ({ data: node, position: { x: node.x, y: node.y } }));
  for (const column of columns) {
    const xs = column.members.map(name => at[name]).filter(node => node.claimed).map(node => node.x);
    if (!xs.length) continue;
    found.push({ data: { id: '#' + column.id, title: column.title }, classes: 'head',
      position: { x: (Math.min(...xs) + Math.max(...xs)) / 2, y: top - 46 } });
  }
  for (const edge of edges) {
    const bow = at[edge.source].x === at[edge.target].x && Math.abs(at[edge.source].y - at[edge.target].y) > 80;
    found.push({ data: { ...edge, count: edge.evidence.length }, classes: bow ? 'bow' : '' });
  }
  for (const edge of definitions) found.push({ data: edge, classes: 'definition' });
  return found;
}

/** Show what the filters keep; a row's part is laid out anew, the whole has its fixed places. */
function filterMap() {
  const narrative = $('#map-narrative').value, row = $('#map-row').value, sums = $('#map-sums').checked;
  clearPick();
  const claims = graph.edges().not('.definition');
  const keep = claims.filter(edge => (!narrative || edge.data('narratives').includes(narrative)) && (!row || edge.data('rows').includes(row)));
  const ofRow = node => keep.connectedNodes().contains(node) || (!narrowMap() && (node.data('rows') || []).includes(row));
  const ofAll = node => node.hasClass('head') || node.data('claimed') || sums;
  const nodes = graph.nodes().filter(row ? ofRow : ofAll);
  graph.batch(() => {
    graph.elements().style('display', 'none');
    nodes.style('display', 'element');
    keep.style('display', 'element');
    if (sums) graph.edges('.definition').filter(edge => nodes.contains(edge.source()) && nodes.contains(edge.target())).style('display', 'element');
    if (row) graph.nodes('.head').style('display', 'none');
    graph.edges('.wasbow').addClass('bow').removeClass('wasbow');
    if (row) graph.edges('.bow').addClass('wasbow').removeClass('bow');
  });
  const shown = graph.elements(':visible');
  const layout = row
    ? { name: 'dagre', rankDir: 'LR', nodeSep: narrowMap() ? 12 : 24, rankSep: narrowMap() ? 44 : 90, fit: false, animate: false }
    : { name: 'preset', positions: node => home(node.id()), fit: false };
  shown.layout(layout).run();
  graph.fit(shown, 18);
  if (graph.zoom() > 1.5) { graph.zoom(1.5); graph.center(shown); }
  $('#map-count').textContent = `${keep.length} of ${claims.length} claims, ${shown.nodes().not('.head').length} of ${DATA.map.nodes.length} quantities`;
}

const HOME = {};
function home(id) { return HOME[id]; }

function clearPick() {
  graph.elements().removeClass('faded picked');
  $('#map-panel').hidden = true;
}

const narrowMap = () => $('#map').clientWidth < 620;

/** Move the graph so that the panel does not hide what it speaks of. */
function uncover(elements) {
  const panel = $('#map-panel'), frame = $('#map');
  if (narrowMap() || panel.hidden) return;
  const free = frame.clientWidth - panel.offsetWidth - 30;
  const box = elements.renderedBoundingBox();
  if (box.x2 <= free) return;
  if (box.w > free) graph.zoom({ level: graph.zoom() * Math.max(free / box.w, 0.6), renderedPosition: { x: box.x1, y: (box.y1 + box.y2) / 2 } });
  const now = elements.renderedBoundingBox();
  graph.panBy({ x: -Math.min(now.x2 - free, Math.max(now.x1 - 16, 0)), y: 0 });
}

/** Light up a claim and say what it says. */
function pick(id, scroll = false) {
  drawPending($('#map'));
  let edge = graph.getElementById(id);
  if (!edge.length) return;
  if (!edge.visible()) {
    $('#map-narrative').value = '';
    $('#map-row').value = '';
    filterMap();
  }
  clearPick();
  graph.elements().not('.head').difference(edge.union(edge.connectedNodes())).addClass('faded');
  edge.addClass('picked');
  if (scroll && narrowMap()) graph.fit(edge.connectedNodes(), 50);
  showClaim(edge.data());
  uncover(edge.union(edge.connectedNodes()));
  if (scroll) $('#map-part').scrollIntoView({ block: 'start' });
}

function pickNode(node) {
  clearPick();
  graph.elements().not('.head').difference(node.closedNeighborhood()).addClass('faded');
  const data = node.data();
  const list = (edges, end) => make('ul', {}, ...edges.not('.definition').filter(':visible').map(edge =>
    make('li', {}, claimButton(edge.id(), `${SIGNS[edge.data('sign')]} ${edge[end]().data('title')}`))));
  showPanel(data.title, [
    make('p', { class: 'meta' }, [data.kind, data.unit, data.lever ? 'a lever' : '', data.rows.join(', ')].filter(Boolean).join(' · ')),
    data.about ? make('p', {}, data.about) : null,
    make('h4', {}, 'Moved by'), list(node.incomers('edge'), 'source'),
    make('h4', {}, 'Moves'), list(node.outgoers('edge'), 'target'),
  ]);
  uncover(node.closedNeighborhood().filter(':visible'));
}

function claimButton(id, text) {
  const button = make('button', { type: 'button', class: 'link' }, text);
  button.addEventListener('click', () => pick(id));
  return button;
}

function showPanel(title, parts) {
  const panel = $('#map-panel');
  const close = make('button', { type: 'button', class: 'close', 'aria-label': 'Close' }, '×');
  close.addEventListener('click', clearPick);
  panel.replaceChildren(close, make('h3', {}, title), ...parts.filter(Boolean));
  panel.hidden = false;
  panel.scrollTop = 0;
}

function showClaim(claim) {
  const title = name => DATA.quantities[name]?.title || name;
  const word = { '+': 'raises', '-': 'lowers', unknown: 'moves, either way,' }[claim.sign];
  showPanel(claim.title, [
    make('p', { class: 'arrow-line' }, title(claim.source), ' ', make('strong', { class: claim.sign === '+' ? 'plus' : claim.sign === '-' ? 'minus' : '' }, `${word}`), ' ', title(claim.target)),
    make('dl', {},
      ...pair('Strength', claim.strength), ...pair('Acts by', claim.how), ...pair('Condition', claim.when),
      ...pair('Held by', claim.narratives.join(', ')), ...pair('Rows', claim.rows.join(', ')),
      ...pair('Contested', claim.contested ? 'yes: doubted, denied, or claimed the other way round' : ''),
      ...pair('One camp only', claim.oneCamp), ...pair('Note', claim.note)),
    make('h4', {}, claim.evidence.length > 1 ? `Evidence (${claim.evidence.length})` : 'Evidence'),
    ...claim.evidence.map(evidenceItem),
    make('p', { class: 'meta' }, 'Claim ', make('a', { href: '#claim-' + claim.id }, claim.id), ' in the table'),
  ]);
}

function pair(term, text) {
  return text ? [make('dt', {}, term), make('dd', {}, text)] : [];
}

function evidenceItem(item) {
  if (item.cites) return make('div', { class: 'evidence' }, make('p', {}, item.says), make('p', { class: 'meta' }, item.cites));
  return make('div', { class: 'evidence' },
    make('p', { class: 'who' }, make('strong', {}, item.who), ` · ${item.manner} · credibility ${item.credibility}`),
    make('p', {}, item.says),
    item.quote ? make('blockquote', {}, item.quote) : null,
    make('p', { class: 'meta' }, `${item.where}; reading ${item.reading}`));
}

/** As high as its content needs at the width it has, within the window's height. */
function sizeMap(place) {
  const seen = DATA.map.nodes.filter(node => node.claimed);
  const xs = seen.map(node => node.x), ys = seen.map(node => node.y);
  const wide = Math.max(...xs) - Math.min(...xs) + 150, high = Math.max(...ys) - Math.min(...ys) + 130;
  place.style.height = Math.round(Math.max(360, Math.min(high * place.clientWidth / wide + 30, 0.92 * innerHeight, 960))) + 'px';
}

function drawMap() {
  sizeMap($('#map'));
  cytoscape.warnings(false);
  graph = cytoscape({
    container: $('#map'), elements: mapElements(), style: mapStyle(), layout: { name: 'preset', fit: true, padding: 18 },
    minZoom: 0.15, maxZoom: 3, wheelSensitivity: 0.3, boxSelectionEnabled: false, autoungrabify: true,
  });
  graph.userZoomingEnabled(false);
  graph.nodes().forEach(node => { HOME[node.id()] = { ...node.position() }; });
  graph.on('tap', 'edge', event => pick(event.target.id()));
  graph.on('tap', 'node', event => { if (!event.target.hasClass('head')) pickNode(event.target); });
  graph.on('tap', event => { if (event.target === graph) clearPick(); });
  $('#map').dataset.drawn = 'yes';
  window.shatterbeltMap = graph;
  // A phone cannot show it all: there it begins with one row.
  const rows = $('#map-row');
  if (narrowMap() && rows.options.length > 1 && !rows.value) rows.selectedIndex = 1;
  filterMap();
}

function startMap() {
  const place = $('#map');
  if (!place) return;
  whenSeen(place, drawMap);
  for (const id of ['#map-narrative', '#map-row', '#map-sums']) $(id).addEventListener('change', () => { drawPending(place); filterMap(); });
  const zoom = by => graph?.zoom({ level: graph.zoom() * by, renderedPosition: { x: place.clientWidth / 2, y: place.clientHeight / 2 } });
  $('#map-in').addEventListener('click', () => zoom(1.35));
  $('#map-out').addEventListener('click', () => zoom(1 / 1.35));
  $('#map-fit').addEventListener('click', () => graph?.fit(graph.elements(':visible'), 18));
  // The page scrolls over the map; a click into it, or two fingers, makes it zoom.
  place.addEventListener('pointerdown', () => graph?.userZoomingEnabled(true));
  place.addEventListener('pointerleave', () => graph?.userZoomingEnabled(false));
  document.addEventListener('themechange', () => graph?.style(mapStyle()));
  for (const button of $$('button[data-claim]')) button.addEventListener('click', () => pick(button.dataset.claim, true));
}

/** A picture of the whole map for paper, where a canvas would be cut. */
function mapPicture() {
  if (!graph) return;
  clearPick();
  $('.print-map')?.remove();
  const alt = $('#map').getAttribute('aria-label');
  $('.map-frame').append(make('img', { class: 'print-map', alt, src: graph.png({ full: true, scale: 2, bg: '#ffffff', maxWidth: 3000 }) }));
}
