
// --- Two sides, compared.
for (const [side, runs] of [['before', data.before], ['after', data.after]])
  runs.forEach((run, i) => {
    const row = make('tr');
    row.append(make('th', 'faint', i === 0 ? side : ''), make('td', 'name', run));
    $('sides').append(row);
  });
$('headline').textContent = data.headline;
$('headline').classList.add(data.verdict);

const amount = number => data.bytes ? bytes(number) : count(number);
const exact = number => data.bytes ? `${bytes(number)} (${count(number)} bytes)` : count(number);
const signed = number => (number > 0 ? '+' : number < 0 ? '-' : '') + amount(Math.abs(number));
const signedExact = number => (number > 0 ? '+' : number < 0 ? '-' : '') + exact(Math.abs(number));
// How `after` differs from `before`, in words.
const changeOf = (before, after, noise) => {
  const change = after - before;
  if (change === 0) return 'no difference';
  const relative = before === 0 ? ', new' : after === 0 ? ', gone' : `, ${change > 0 ? '+' : '-'}${share(Math.abs(change), before)}`;
  return signedExact(change) + relative + (noise === 0 ? '' : Math.abs(change) <= noise ? `; noise, within ±${amount(noise)}` : `; ±${amount(noise)}`);
};

// --- The flame graph of both sides: as wide as a function is on one of them, coloured by how it changed.
const tree = data.tree;
const told = (before, after, noise) => `${exact(before)} before, ${exact(after)} after: ${changeOf(before, after, noise)}`;
const graph = flameGraph({
  text: (node, name) => tree.after[node] === tree.before[node] ? name : `${name}  ${signed(tree.after[node] - tree.before[node])}`,
  about: node => told(tree.before[node], tree.after[node], tree.noise[node]) +
    (tree.selfBefore[node] === tree.before[node] && tree.selfAfter[node] === tree.after[node] ||
      tree.selfBefore[node] === 0 && tree.selfAfter[node] === 0 ? ''
      : `. Itself ${exact(tree.selfBefore[node])} before, ${exact(tree.selfAfter[node])} after`),
  found: nodes => {
    let before = 0, after = 0;
    for (const node of nodes) { before += tree.before[node]; after += tree.after[node]; }
    return `${amount(before)} before, ${amount(after)} after, ${signed(after - before)}`;
  },
  decorate: (frame, node) => {
    const before = tree.before[node], after = tree.after[node], change = Math.abs(after - before);
    const isNoise = change !== 0 && change <= tree.noise[node];
    frame.classList.add('changed', isNoise ? 'noise' : after > before ? 'grew' : after < before ? 'shrank' : 'same');
    // What has changed at all is seen to have.
    const strength = change === 0 || isNoise ? 0 : 0.15 + 0.85 * change / Math.max(before, after);
    frame.style.setProperty('--strength', strength.toFixed(3));
  },
});
const widths = [['after', tree.after], ['before', tree.before],
  ['before and after, added', tree.after.map((after, i) => after + tree.before[i])]];
widths.forEach(([name], i) => $('widths').append(new Option(name, i)));
const show = isSame => graph.show({parent: tree.parent, name: tree.name, width: widths[$('widths').value][1]}, isSame);
$('widths').addEventListener('change', () => show(true));
// Where nothing is left after, the side before has all that there is to see.
$('widths').value = tree.after[0] === 0 && tree.before[0] !== 0 ? '1' : '0';
show(false);
$('folded').textContent = `${data.cost}. ${data.folded}`;

// --- What changed: regressions first, noise last, until a head is clicked.
const rowOf = (row, cells, name) => ({
  cells: [row.after - row.before, row.before, row.after, ...cells, row.verdict + (row.isSimilar ? ', similar stacks' : ''), name],
  shown: [signed, amount, amount, ...cells.map(() => number => number === 0 ? '' : amount(number))],
  stack: row.stack && row.stack.map(line => data.lines[line]),
  kind: row.verdict,
  judged: 0,
});
const tables = [];
const most = 200;
if (data.sites) tables.push(table('sites', ['change', 'before', 'after', 'noise ±', 'verdict', 'site'],
  data.sites.map(site => rowOf(site, [site.noise], site.name)), most));
else $('sitesPart').remove();
if (data.functions) tables.push(table('functions', ['itself', 'before', 'after', 'with callees', 'noise ±', 'verdict', 'function'],
  data.functions.map(row => {
    const shown = rowOf(row, [row.totalAfter - row.totalBefore, row.noise], row.name);
    shown.shown[3] = signed;
    // What a function only passes on is judged by the sum.
    if (row.after === row.before) shown.judged = 3;
    return shown;
  }), most));
else $('functionsPart').remove();
for (const left of ['sites', 'functions']) if (data[left]) $(left + 'Left').textContent = data[left + 'Left'];
$('find').addEventListener('input', event => {
  const pattern = patternOf(event.target.value);
  const has = text => pattern.test(text);
  for (const each of tables)
    each.filter(pattern === null ? null
      : row => row.cells.some(cell => typeof cell === 'string' && has(cell)) || (row.stack || []).some(has));
});
