'use strict';
// Everything that is shown is made here from the data in the page; names are only ever set as text.
const data = JSON.parse(document.getElementById('data').textContent);
const $ = id => document.getElementById(id);
const make = (tag, className, text) => {
  const element = document.createElement(tag);
  if (className) element.className = className;
  if (text !== undefined) element.textContent = text;
  return element;
};
const count = number => Math.round(number).toLocaleString('en-US');
const bytes = number => {
  const units = ['B', 'KiB', 'MiB', 'GiB', 'TiB', 'PiB', 'EiB'];
  let unit = 0;
  while (number >= 1024 && unit < units.length - 1) { number /= 1024; ++unit; }
  if (unit === 0) return number + ' B';
  return (number >= 1000 ? Math.round(number) : number.toPrecision(3)) + ' ' + units[unit];
};
const share = (part, whole) => whole === 0 ? '' : (100 * part / whole).toFixed(1) + ' %';
// A text that is no regular expression is looked for as it is.
const patternOf = text => {
  if (!text) return null;
  try { return new RegExp(text, 'i'); }
  catch { return new RegExp(text.replace(/[.*+?^${}()|[\]\\]/g, '\\$&'), 'i'); }
};

// --- The head.
document.title = data.title + ' - heaptap';
$('title').textContent = data.title;
for (const [name, value, more] of data.facts) {
  const fact = make('div', 'fact', name);
  fact.append(make('b', '', value), make('span', 'faint', more));
  $('facts').append(fact);
}
for (const note of data.notes) $('notes').append(make('li', '', note));
