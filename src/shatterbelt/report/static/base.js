'use strict';
// What every part uses: the data, small makers of elements, months, numbers.

const DATA = JSON.parse(document.getElementById('data').textContent);
const $ = (selector, root = document) => root.querySelector(selector);
const $$ = (selector, root = document) => [...root.querySelectorAll(selector)];

/** Make an element; strings become text, never markup. */
function make(tag, attributes = {}, ...children) {
  const node = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) {
    if (value === true) node.setAttribute(name, '');
    else if (value !== false && value != null) node.setAttribute(name, value);
  }
  node.append(...children.filter(child => child != null && child !== ''));
  return node;
}

const STAMPS = DATA.time.map(month => Date.UTC(+month.slice(0, 4), +month.slice(5) - 1, 1));
const STEP = STAMPS.length > 1 ? STAMPS[1] - STAMPS[0] : 1;
const NOW = Date.parse(DATA.asOf + 'T00:00:00Z');

/** The time stamp of a step; steps beyond the axis go on at its pace. */
function stamp(step) {
  return step < STAMPS.length ? STAMPS[step] : STAMPS[STAMPS.length - 1] + (step - STAMPS.length + 1) * STEP;
}

/** A number for people, three significant digits. */
function plain(value) {
  if (value == null) return '–';
  return value.toLocaleString('en-GB', { maximumSignificantDigits: Math.abs(value) >= 1000 ? 4 : 3 });
}

function percent(value) {
  return value == null ? '–' : plain(100 * value) + ' %';
}

function option(value, text) {
  return make('option', { value }, text);
}

const theme = name => getComputedStyle(document.documentElement).getPropertyValue(name).trim();

// The record comes as (step, value); charts ask for the value of a step.
for (const quantity of Object.values(DATA.quantities)) {
  const sparse = quantity.record;
  quantity.record = new Array(STAMPS.length).fill(null);
  for (const [step, value] of sparse) quantity.record[step] = value;
}
