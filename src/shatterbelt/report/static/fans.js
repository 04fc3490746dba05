'use strict';
// Fan charts: bands, median, sample paths, and the record over them.

let wholePast = false;

/** The first step drawn: some years before the as-of date, or all. */
function firstStep() {
  return wholePast ? 0 : Math.max(0, DATA.now - Math.max(48, DATA.time.length - DATA.now));
}

function fanRows(quantity, from) {
  const status = quantity.kind === 'status';
  const show = status ? percent : quantity.kind === 'share' ? percent : plain;
  const { p10, p25, p50, p75, p90 } = quantity.bands;
  const plainLine = bandless(quantity, (p90 || []).slice(DATA.now));
  const rows = [];
  for (let i = from; i < STAMPS.length; i++) {
    const seen = quantity.record[i];
    const lines = [`${quantity.title}, ${DATA.time[i]}`];
    if (status) lines.push(`on in ${percent(quantity.mean[i])} of futures`);
    else if (p50) lines.push(`median ${show(p50[i])}`, `50 %: ${show(p25[i])} to ${show(p75[i])}`, `80 %: ${show(p10[i])} to ${show(p90[i])}`);
    if (quantity.kind === 'events') lines.push(`mean ${show(quantity.mean[i])}`);
    if (seen != null) lines.push(`record ${status ? (seen >= 0.5 ? 'on' : 'off') : show(seen)}`);
    const row = { t: STAMPS[i], mid: status ? quantity.mean[i] : p50[i], tip: lines.join('\n') };
    // Counts in the past are the record itself: stems, not a line from spike to spike.
    if (quantity.kind === 'events' && i < DATA.now) row.mid = null;
    else if (!plainLine) Object.assign(row, { lo80: p10[i], hi80: p90[i], lo50: p25[i], hi50: p75[i] });
    if (quantity.kind === 'events' && i >= DATA.now) row.mean = quantity.mean[i];
    rows.push(row);
  }
  return rows;
}

function fanData(quantity, from) {
  const status = quantity.kind === 'status';
  const counts = quantity.kind === 'events';
  const paths = [], dots = [];
  if (!status) {
    quantity.paths.forEach((path, k) => path.forEach((y, i) => {
      if (y == null || i + quantity.first < from) return;
      if (!counts) paths.push({ t: STAMPS[i + quantity.first], y, k });
      else if (y > 0) dots.push({ t: STAMPS[i + quantity.first], y });
    }));
  }
  const { record, bars } = recordData(quantity, from);
  const errors = status ? [] : counts ? record.filter(row => row.y > 0).map(row => ({ t: row.t, lo: 0, hi: row.y })) : quantity.errors.filter(([i]) => i >= from).map(([i, lo, hi]) => ({ t: STAMPS[i], lo, hi }));
  return { bands: fanRows(quantity, from), paths, dots, record: counts ? record.filter(row => row.y > 0) : record, bars, errors, now: [{ t: NOW }] };
}

function drawFan(place) {
  const quantity = DATA.quantities[place.dataset.fan];
  const from = firstStep();
  const data = fanData(quantity, from);
  const values = [...data.bands.flatMap(row => [row.lo80, row.hi80, row.mid, row.mean]), ...data.record.map(row => row.y), ...data.bars.map(row => row.y)];
  const scale = scaleOf(quantity, values, quantity.kind === 'events' ? 1 : -Infinity);
  const spec = withX(withY(DATA.specs.fan, scale, yAxis(quantity, scale)), STAMPS[from], STAMPS[STAMPS.length - 1]);
  draw(place, { ...spec, height: +place.dataset.height || 190 }, data);
}

function startFans() {
  for (const place of $$('[data-fan]')) whenSeen(place, () => drawFan(place));
  $('#fan-past')?.addEventListener('change', event => {
    wholePast = event.target.checked;
    for (const place of $$('[data-fan][data-drawn]')) drawFan(place);
  });
  const any = $('#fan-any');
  if (!any) return;
  const place = $('#fan-chosen');
  const choose = () => {
    const quantity = DATA.quantities[any.value];
    place.dataset.fan = any.value;
    place.setAttribute('aria-label', `Fan chart of ${quantity.title}. ${quantity.words}`);
    $('#fan-words').textContent = quantity.words;
    $('#fan-about').textContent = quantity.about;
    if (place.dataset.drawn) drawFan(place);
    else whenSeen(place, () => drawFan(place));
  };
  any.addEventListener('change', choose);
  choose();
}
