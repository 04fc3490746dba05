'use strict';
// The narratives side by side: one panel each, all on the same axes.

function compareInto(row) {
  const name = row.dataset.compare;
  const quantity = DATA.quantities[name];
  const from = Math.max(0, DATA.now - DATA.back);
  const status = quantity.kind === 'status';
  const show = ['status', 'share'].includes(quantity.kind) ? percent : plain;
  const parts = DATA.branches.map(branch => branch.quantities[name]);
  const line = part => (status ? part.mean : part.mid);
  const plainLine = bandless(quantity, parts.flatMap(part => (status ? [] : part.hi.slice(DATA.now - from))));
  const values = parts.flatMap(part => (plainLine ? line(part).slice(DATA.now - from) : [...part.lo, ...part.mid, ...part.hi])).concat(quantity.record.slice(from), quantity.bars.filter(bar => bar[1] > from).map(bar => bar[2]));
  const counts = quantity.kind === 'events';
  const scale = scaleOf(quantity, values);
  const { record: all, bars } = recordData(quantity, from);
  const record = counts ? all.filter(row => row.y > 0) : all;
  $$('.panel-chart', row).forEach((place, b) => {
    const part = parts[b];
    const bands = line(part).map((mid, i) => ({
      t: STAMPS[from + i], mid: counts && from + i < DATA.now ? null : mid, base: b && !(counts && from + i < DATA.now) ? line(parts[0])[i] : null,
      ...(plainLine || (counts && from + i < DATA.now) ? {} : { lo: part.lo[i], hi: part.hi[i] }),
      tip: [`${DATA.branches[b].label}, ${DATA.time[from + i]}`, status ? `on in ${percent(mid)} of futures` : `${counts ? 'mean' : 'median'} ${show(mid)}`,
        status ? '' : `80 %: ${show(part.lo[i])} to ${show(part.hi[i])}`, b ? `${DATA.branches[0].label}: ${show(line(parts[0])[i])}` : '']
        .filter(Boolean).join('\n'),
    }));
    const spec = withX(withY(DATA.specs.compare, scale, yAxis(quantity, scale, b === 0)), STAMPS[from], STAMPS[STAMPS.length - 1]);
    draw(place, { ...spec, height: 150 }, { bands, record, bars, now: [{ t: NOW }] });
  });
}

function startCompare() {
  for (const row of $$('[data-compare]')) whenSeen(row, () => { compareInto(row); row.dataset.drawn = 'yes'; });
  const any = $('#compare-any');
  any?.addEventListener('change', () => {
    const row = $('#compare-chosen');
    row.dataset.compare = any.value;
    PENDING.delete(row);
    compareInto(row);
    row.dataset.drawn = 'yes';
  });
}
