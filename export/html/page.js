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
  return unit === 0 ? number + ' B' : number.toPrecision(3) + ' ' + units[unit];
};
const seconds = ns => ns < 1e6 ? (ns / 1e3).toPrecision(3) + ' us' : ns < 1e9 ? (ns / 1e6).toPrecision(3) + ' ms' :
  (ns / 1e9).toPrecision(3) + ' s';
const share = (part, whole) => whole === 0 ? '' : (100 * part / whole).toFixed(1) + ' %';

// --- The head.
document.title = data.title + ' - heaptap';
$('title').textContent = data.title;
$('command').textContent = data.command;
for (const [name, value, more] of data.facts) {
  const fact = make('div', 'fact', name);
  fact.append(make('b', '', value), make('span', 'faint', more));
  $('facts').append(fact);
}
for (const note of data.notes) $('notes').append(make('li', '', note));

// --- The live heap over time.
const svg = (tag, attributes, text) => {
  const element = document.createElementNS('http://www.w3.org/2000/svg', tag);
  for (const name in attributes) element.setAttribute(name, attributes[name]);
  if (text !== undefined) element.textContent = text;
  return element;
};
if (data.timeline.live.length === 0) {
  $('timelinePart').remove();
} else {
  const live = data.timeline.live, width = 1000, height = 130, top = 16;
  const most = Math.max(1, ...live);
  const x = i => width * i / live.length, y = value => top + height * (1 - value / most);
  let path = `M0 ${top + height}`;
  live.forEach((value, i) => { path += ` L${x(i).toFixed(1)} ${y(value).toFixed(1)} L${x(i + 1).toFixed(1)} ${y(value).toFixed(1)}`; });
  const picture = svg('svg', {viewBox: `0 0 ${width} ${height + top + 18}`, role: 'img'});
  picture.append(svg('path', {d: path + ` L${width} ${top + height} Z`, class: 'column'}));
  const end = live.length * data.timeline.bucketNs;
  for (const [at, name] of data.timeline.marks) {
    const place = Math.min(width, width * at / end);
    picture.append(svg('line', {x1: place, x2: place, y1: top, y2: top + height, class: 'mark'}),
      svg('text', {x: place, y: 12, 'text-anchor': place > width / 2 ? 'end' : 'start'}, name + ', ' + seconds(at)));
  }
  picture.append(svg('text', {x: 0, y: top + height + 14}, '0'),
    svg('text', {x: width, y: top + height + 14, 'text-anchor': 'end'}, seconds(end)));
  $('timeline').append(picture);
}

// --- The flame graph: nodes are columns, a parent before its children.
let tree, zoomed = 0, pattern = null;
const hueOf = name => {
  let hash = 7;
  for (let i = 0; i < name.length && i < 200; ++i) hash = (hash * 31 + name.charCodeAt(i)) | 0;
  return 8 + Math.abs(hash) % 44;
};
const amount = number => tree.bytes ? `${bytes(number)} (${count(number)} bytes)` : `${count(number)} allocations`;
const nameOf = node => tree.name[node] >= 0 ? data.names[tree.name[node]]
  : `[${count(-tree.name[node])} smaller ${tree.name[node] === -1 ? 'function' : 'functions'}]`;
const choose = which => {
  const source = data.costs[which];
  const size = source.parent.length;
  tree = {...source, depth: new Array(size).fill(0), begin: new Array(size).fill(0), children: []};
  for (let i = 0; i < size; ++i) tree.children.push([]);
  for (let i = 1; i < size; ++i) {
    tree.children[tree.parent[i]].push(i);
    tree.depth[i] = tree.depth[tree.parent[i]] + 1;
  }
  for (const children of tree.children)  // The small ones, added up, go behind the others.
    if (children.length !== 0 && tree.name[children[0]] < 0) children.push(children.shift());
  for (let i = 0; i < size; ++i) {
    let at = tree.begin[i];
    for (const child of tree.children[i]) { tree.begin[child] = at; at += tree.total[child]; }
  }
  zoomed = 0;
  const folded = source.folded === 0 ? 'Every function is shown.'
    : `${amount(source.folded)}, ${share(source.folded, source.total[0])}, in functions too small to be drawn, ` +
      'are added up in the grey ones.';
  $('folded').textContent = `${source.title}: ${amount(source.total[0])}. ${folded}`;
  draw();
};
const isFound = node => pattern !== null && tree.name[node] >= 0 && pattern.test(data.names[tree.name[node]]);
const tell = node => {
  $('about').textContent = `${nameOf(node)}: ${amount(tree.total[node])}, ${share(tree.total[node], tree.total[0])}` +
    (tree.self[node] !== 0 && tree.self[node] !== tree.total[node] ? `; itself ${amount(tree.self[node])}` : '');
};
const draw = () => {
  const flame = $('flame'), row = 19;
  flame.replaceChildren();
  const whole = tree.total[zoomed], from = tree.begin[zoomed];
  let deepest = 0, found = 0;
  const add = (node, left, width, isOutside) => {
    const name = nameOf(node);
    const frame = make('div', 'frame' + (tree.name[node] < 0 ? ' others' : '') + (isFound(node) ? ' found' : '') +
      (isOutside ? ' outside' : ''), width > 3 ? name : '');
    frame.dataset.node = node;
    frame.title = `${name}\n${amount(tree.total[node])}, ${share(tree.total[node], tree.total[0])}`;
    frame.style.cssText = `left:${left}%;width:${width}%;top:${row * tree.depth[node]}px;--hue:${hueOf(name)}`;
    deepest = Math.max(deepest, tree.depth[node]);
    flame.append(frame);
  };
  for (let above = zoomed; above !== 0;) { above = tree.parent[above]; add(above, 0, 100, true); }
  const open = [[zoomed, false]];
  while (open.length !== 0) {
    const [node, isWithin] = open.pop();
    const width = whole === 0 ? 100 : 100 * tree.total[node] / whole;
    const counts = !isWithin && isFound(node);
    if (counts) found += tree.total[node];
    if (width >= 0.04) add(node, whole === 0 ? 0 : 100 * (tree.begin[node] - from) / whole, width, false);
    if (width >= 0.04 || pattern !== null)
      for (const child of tree.children[node]) open.push([child, isWithin || counts]);
  }
  flame.style.height = `${row * (deepest + 1)}px`;
  $('matched').textContent = pattern === null ? '' : `found: ${amount(found)}, ${share(found, whole)}`;
  $('reset').disabled = zoomed === 0;
  $('zoomed').textContent = zoomed === 0 ? '' : nameOf(zoomed);
};
data.costs.forEach((cost, i) => $('cost').append(new Option(cost.title, i)));
$('cost').addEventListener('change', event => choose(Number(event.target.value)));
$('flame').addEventListener('click', event => {
  const frame = event.target.closest('.frame');
  if (!frame || frame.classList.contains('others')) return;
  zoomed = Number(frame.dataset.node);
  draw();
});
$('flame').addEventListener('mouseover', event => {
  const frame = event.target.closest('.frame');
  if (frame) tell(Number(frame.dataset.node));
});
$('reset').addEventListener('click', () => { zoomed = 0; draw(); });
$('search').addEventListener('input', event => {
  const text = event.target.value;
  pattern = null;
  // A text that is no regular expression is looked for as it is.
  try { if (text) pattern = new RegExp(text, 'i'); }
  catch { pattern = new RegExp(text.replace(/[.*+?^${}()|[\]\\]/g, '\\$&'), 'i'); }
  draw();
});
document.addEventListener('keydown', event => {
  if (event.key === 'Escape') { zoomed = 0; draw(); }
  if (event.key === '/' && event.target === document.body) { $('search').focus(); event.preventDefault(); }
});
if (data.costs.length !== 0) choose(0);

// --- Tables, sorted by the head that is clicked.
const table = (place, heads, rows) => {
  const element = make('table'), head = make('tr'), body = make('tbody');
  heads.forEach((title, column) => {
    const cell = make('th', typeof rows[0]?.cells[column] === 'number' ? 'number' : '', title);
    cell.addEventListener('click', () => {
      const down = cell.dataset.down !== 'yes';
      cell.dataset.down = down ? 'yes' : '';
      rows.sort((a, b) => {
        const left = a.cells[column], right = b.cells[column];
        return (left < right ? -1 : left > right ? 1 : 0) * (down ? -1 : 1);
      });
      body.replaceChildren(...rows.map(row => row.element));
    });
    head.append(cell);
  });
  for (const row of rows) {
    row.element = make('tr');
    row.cells.forEach((cell, column) => {
      const isNumber = typeof cell === 'number';
      const element = make('td', isNumber ? 'number' : 'name', isNumber ? (row.shown[column] || count)(cell) : '');
      if (!isNumber && row.stack && column === row.cells.length - 1) {
        const details = make('details');
        details.append(make('summary', '', cell), make('pre', '', row.stack.join('\n')));
        element.append(details);
      } else if (!isNumber) {
        element.textContent = cell;
      }
      row.element.append(element);
    });
    body.append(row.element);
  }
  const top = make('thead');
  top.append(head);
  element.append(top, body);
  $(place).append(element);
};
table('leaks', ['bytes', 'blocks', 'kind', 'where'], data.leaks.map(leak =>
  ({cells: [leak.bytes, leak.blocks, leak.kind, leak.name], shown: [bytes], stack: leak.stack})));
$('leaksLeft').textContent = data.leaksLeft;
table('sites', ['at the peak', 'live', 'allocated', 'allocations', 'temporary', 'site'], data.sites.map(site =>
  ({cells: [...site.numbers, site.name], shown: [bytes, bytes, bytes], stack: site.stack})));
$('sitesLeft').textContent = data.sitesLeft;

// --- Sizes.
const mostAllocations = Math.max(1, ...data.sizes.map(size => size[2]));
table('sizes', ['size', 'allocations', 'live', ''], data.sizes.map(([least, most, allocations, live]) =>
  ({cells: [least === most ? bytes(least) : `${bytes(least)} to ${bytes(most)}`, allocations, live,
    '\u2588'.repeat(Math.ceil(40 * allocations / mostAllocations))], shown: []})));
