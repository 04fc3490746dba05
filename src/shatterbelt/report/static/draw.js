'use strict';
// Drawing with Vega: nothing is loaded, nothing is evaluated, each chart is drawn when it comes into view.

const VIEWS = new Map();
const PENDING = new Map();
const TIP = make('div', { id: 'tip', role: 'status', hidden: true });
const CLOSED = { load: () => Promise.reject(new Error('closed')), sanitize: () => Promise.reject(new Error('closed')) };

/** Show a chart's tooltip as plain text beside the pointer. */
function tooltip(handler, event, item, value) {
  TIP.hidden = !value;
  if (!value) return;
  TIP.textContent = value;
  const box = TIP.getBoundingClientRect();
  TIP.style.left = Math.max(4, Math.min(event.clientX + 12, innerWidth - box.width - 8)) + 'px';
  TIP.style.top = Math.max(4, event.clientY + 16 + box.height > innerHeight ? event.clientY - box.height - 10 : event.clientY + 16) + 'px';
}

/** Draw a Vega-Lite specification into a place, replacing what was there. */
function draw(place, spec, data) {
  VIEWS.get(place)?.finalize();
  const full = {
    ...spec,
    $schema: 'https://vega.github.io/schema/vega-lite/v6.json',
    config: DATA.specs.config,
    width: Math.max(place.clientWidth, 120),
    datasets: data,
  };
  const view = new vega.View(vega.parse(vegaLite.compile(full).spec, null, { ast: true }), {
    expr: vega.expressionInterpreter,
    renderer: 'svg',
    container: place,
    loader: CLOSED,
    logLevel: vega.Error,
  });
  view.tooltip(tooltip).run();
  VIEWS.set(place, view);
  place.dataset.drawn = 'yes';
}

/** Draw later, when the place comes near the window, when there is time, or before printing. */
function whenSeen(place, drawer) {
  PENDING.set(place, drawer);
  SEEN.observe(place);
}

function drawPending(place) {
  const drawer = PENDING.get(place);
  if (!drawer) return;
  PENDING.delete(place);
  SEEN.unobserve(place);
  drawer();
}

const SEEN = new IntersectionObserver(entries => {
  for (const entry of entries) if (entry.isIntersecting) drawPending(entry.target);
}, { rootMargin: '300px' });

function drawAll() {
  for (const place of [...PENDING.keys()]) drawPending(place);
}

/** Draw what is left while the reader reads. */
function drawInIdleTime() {
  const idle = window.requestIdleCallback || (work => setTimeout(() => work({ timeRemaining: () => 0 }), 60));
  const work = deadline => {
    do {
      const next = PENDING.keys().next();
      if (next.done) return;
      drawPending(next.value);
    } while (deadline.timeRemaining() > 30);
    idle(work);
  };
  idle(work);
}

let resizing = 0;
let lastWidth = innerWidth;
function startDrawing() {
  document.body.append(TIP);
  addEventListener('scroll', () => { TIP.hidden = true; }, { passive: true });
  addEventListener('keydown', event => { if (event.key === 'Escape') TIP.hidden = true; });
  addEventListener('resize', () => {
    clearTimeout(resizing);
    resizing = setTimeout(() => {
      if (innerWidth === lastWidth) return;
      lastWidth = innerWidth;
      for (const [place, view] of VIEWS) if (place.isConnected) view.width(Math.max(place.clientWidth, 120)).run();
    }, 150);
  });
}

/** A band of counts that never passes one event says less than the mean: it only flickers. */
function bandless(quantity, highs) {
  return quantity.kind === 'status' || (quantity.kind === 'events' && Math.max(...highs) <= 1);
}

/** Extent of what is drawn, with room, and whether the axis is logarithmic. */
function scaleOf(quantity, values, least = -Infinity) {
  if (quantity.kind === 'status') return { domain: [0, 1], nice: false };
  let low = Infinity, high = -Infinity;
  for (const value of values) {
    if (value == null) continue;
    if (value < low) low = value;
    if (value > high) high = value;
  }
  if (!(low <= high)) return { domain: [0, 1] };
  if (quantity.log && low > 0 && high / low > 10) return { type: 'log', domain: [low / 1.1, high * 1.1], nice: false };
  const counts = ['events', 'stock', 'share'].includes(quantity.kind);
  if (low >= 0 && (counts || low < 0.4 * high)) low = 0;
  high = Math.max(high, least);
  if (high === low) high = low + (Math.abs(low) || 1);
  const room = 0.05 * (high - low);
  return { domain: [low === 0 ? 0 : low - room, high + room], nice: true, zero: false };
}

/** Axis of values: unit as its title above, numbers written for their size. */
function yAxis(quantity, scale, titled = true) {
  const part = ['status', 'share'].includes(quantity.kind);
  const most = Math.max(...scale.domain.map(Math.abs));
  return {
    title: titled ? quantity.axis : ' ',
    format: part ? '~%' : most >= 10000 ? '~s' : ',~r',
    titleAngle: 0, titleAlign: 'left', titleAnchor: 'end', titleBaseline: 'bottom', titleX: 0, titleY: -5,
    ...(scale.type === 'log' ? { tickCount: 3 } : {}),
  };
}

for (const quantity of Object.values(DATA.quantities)) {
  quantity.axis = { status: 'share of futures in which it is on', share: 'share of those who could' }[quantity.kind]
    || (quantity.kind === 'events' ? `events a ${DATA.step}` : quantity.unit || 'no unit');
}

/** Put scale and axis on the first layer that has a y; all layers share it. */
function withY(spec, scale, axis) {
  const copy = structuredClone(spec);
  for (const layer of copy.layer) {
    if (!layer.encoding.y) continue;
    layer.encoding.y.scale = scale;
    layer.encoding.y.axis = axis;
  }
  return copy;
}

/** The record as points, and as bars for averages over periods and for what is on or off. */
function recordData(quantity, from) {
  const bar = (begin, end, y) => ({ t: stamp(Math.max(begin, from)), u: stamp(Math.min(end, STAMPS.length)), y, known: end - 1 <= DATA.now });
  const bars = quantity.bars.filter(([begin, end]) => end > from).map(entry => bar(...entry));
  const record = [];
  let run = null;
  for (let i = from; i < STAMPS.length; i++) {
    const y = quantity.record[i];
    if (quantity.kind !== 'status') {
      if (y != null) record.push({ t: STAMPS[i], y, known: i <= DATA.now });
    } else if (run && run.y === y && i !== DATA.now + 1) run.end = i + 1;
    else {
      if (run) bars.push(bar(run.begin, run.end, run.y));
      run = y == null ? null : { begin: i, end: i + 1, y };
    }
  }
  if (run) bars.push(bar(run.begin, run.end, run.y));
  return { record, bars };
}

/** Write the axis of time for its reach; the bands' data set its extent. */
function withX(spec, from, to) {
  const years = (to - from) / 3.15e10;
  spec.layer[0].encoding.x.axis = years > 2.5 ? { format: '%Y', tickCount: years > 9 ? 6 : 'year' } : { format: '%b %Y', tickCount: 4 };
  return spec;
}
