'use strict';
// Tables: sort by a column, filter by words, narrative, row and verdict.

function sortTable(table, index, button) {
  const header = button.closest('th');
  const down = header.getAttribute('aria-sort') === 'ascending';
  const body = table.tBodies[0];
  const key = row => {
    const cell = row.cells[index];
    const value = cell.dataset.v ?? cell.textContent.trim();
    return value !== '' && !Number.isNaN(+value) ? +value : value.toLowerCase();
  };
  const compare = (a, b) =>
    typeof a === typeof b ? (a < b ? -1 : a > b ? 1 : 0) : typeof a === 'number' ? -1 : 1;
  const rows = [...body.rows].map((row, place) => ({ row, place, key: key(row) }));
  rows.sort((a, b) => (down ? -1 : 1) * compare(a.key, b.key) || a.place - b.place);
  body.append(...rows.map(entry => entry.row));
  for (const other of $$('th[aria-sort]', table)) other.setAttribute('aria-sort', 'none');
  header.setAttribute('aria-sort', down ? 'descending' : 'ascending');
}

function startTables() {
  for (const table of $$('table.sortable')) {
    [...table.tHead.rows[0].cells].forEach((cell, index) => {
      if (cell.classList.contains('fixed')) return;
      const button = make('button', { type: 'button', class: 'sorter' }, ...cell.childNodes);
      cell.setAttribute('aria-sort', 'none');
      cell.append(button);
      button.addEventListener('click', () => sortTable(table, index, button));
    });
  }
  const bar = $('#claim-filter');
  if (bar) bar.addEventListener('input', filterClaims);
  $('#verdict-filter')?.addEventListener('input', filterVerdicts);
  for (const form of $$('form[role="search"]')) form.addEventListener('submit', event => event.preventDefault());
}

/** Show the claims that the record says this of. */
function filterVerdicts() {
  const words = $('#verdict-words').value.toLowerCase().split(/\s+/).filter(Boolean);
  const kind = $('#verdict-kind').value;
  const lines = $$('#verdicts tbody tr');
  for (const line of lines) {
    const text = line.textContent.toLowerCase();
    line.hidden = !(words.every(word => text.includes(word)) && (!kind || line.dataset.verdict === kind));
  }
  $('#verdict-count').textContent = `${lines.filter(line => !line.hidden).length} of ${lines.length} claims`;
}

function filterClaims() {
  const words = $('#claim-words').value.toLowerCase().split(/\s+/).filter(Boolean);
  const narrative = $('#claim-narrative').value;
  const row = $('#claim-row').value;
  const camp = $('#claim-camp').checked;
  let shown = 0;
  for (const line of $$('#claims-table tbody tr')) {
    const text = line.textContent.toLowerCase();
    const keep = words.every(word => text.includes(word))
      && (!narrative || line.dataset.narratives.split(' ').includes(narrative))
      && (!row || line.dataset.rows.split(' ').includes(row))
      && (!camp || line.dataset.camp === 'yes');
    line.hidden = !keep;
    shown += keep;
  }
  $('#claim-count').textContent = `${shown} of ${$$('#claims-table tbody tr').length} claims`;
}
