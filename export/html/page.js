
// --- The report of a session.
$('command').textContent = data.command;
const seconds = ns => ns < 1e6 ? (ns / 1e3).toPrecision(3) + ' us' : ns < 1e9 ? (ns / 1e6).toPrecision(3) + ' ms' :
  (ns / 1e9).toPrecision(3) + ' s';

// --- The live heap over time.
const svg = (tag, attributes, text) => {
  const element = document.createElementNS('http://www.w3.org/2000/svg', tag);
  for (const name in attributes) element.setAttribute(name, attributes[name]);
  if (text !== undefined) element.textContent = text;
  return element;
};
const drawTimeline = () => {
  // In pixels, so that texts have their size, however wide the page is.
  const {live, bucketNs, marks, endNs, endBytes} = data.timeline;
  const left = 74, top = 16, height = 150, width = Math.max(160, $('timeline').clientWidth - left - 8);
  const end = Math.max(live.length * bucketNs, endNs, 1), most = Math.max(1, endBytes, ...live);
  const x = at => left + width * at / end, y = value => top + height * (1 - value / most);
  const picture = svg('svg', {width: left + width + 8, height: height + top + 20, role: 'img'});
  let step = 1;
  while (most / step > 4) step *= 2;
  for (let value = 0; value <= most; value += step)
    picture.append(svg('line', {x1: left, x2: left + width, y1: y(value), y2: y(value), class: 'scale'}),
      svg('text', {x: left - 6, y: y(value) + 4, 'text-anchor': 'end'}, bytes(value)));
  let path = `M${left} ${y(0)}`;
  live.forEach((value, i) => {
    path += ` L${x(i * bucketNs).toFixed(1)} ${y(value).toFixed(1)} L${x((i + 1) * bucketNs).toFixed(1)} ${y(value).toFixed(1)}`;
  });
  // Behind the last event nothing changes any more.
  if (end > live.length * bucketNs)
    path += ` L${x(live.length * bucketNs).toFixed(1)} ${y(endBytes).toFixed(1)} L${x(end).toFixed(1)} ${y(endBytes).toFixed(1)}`;
  picture.append(svg('path', {d: path + ` L${x(end)} ${y(0)} Z`, class: 'column'}));
  for (const [at, name] of marks) {
    const place = Math.min(x(at), left + width);
    picture.append(svg('line', {x1: place, x2: place, y1: top, y2: top + height, class: 'mark'}),
      svg('text', {x: place, y: 12, 'text-anchor': place > left + width / 2 ? 'end' : 'start'}, name + ', ' + seconds(at)));
  }
  picture.append(svg('text', {x: left, y: top + height + 14}, '0'),
    svg('text', {x: left + width, y: top + height + 14, 'text-anchor': 'end'}, seconds(end)));
  $('timeline').replaceChildren(picture);
};
if (data.timeline.live.length === 0) {
  $('timelinePart').remove();
} else {
  drawTimeline();
  window.addEventListener('resize', drawTimeline);
}

// --- Who allocates, by one of the costs.
const hueOf = name => {
  let hash = 7;
  for (let i = 0; i < name.length && i < 200; ++i) hash = (hash * 31 + name.charCodeAt(i)) | 0;
  return 8 + Math.abs(hash) % 44;
};
let tree;
const amount = number => tree.bytes ? `${bytes(number)} (${count(number)} bytes)` : `${count(number)} allocations`;
const graph = flameGraph({
  text: (node, name) => name,
  about: node => `${amount(tree.total[node])}, ${share(tree.total[node], tree.total[0])}` +
    (tree.self[node] !== 0 && tree.self[node] !== tree.total[node] ? `; itself ${amount(tree.self[node])}` : ''),
  found: (nodes, within) => {
    const sum = nodes.reduce((sum, node) => sum + tree.total[node], 0);
    return `${amount(sum)}, ${share(sum, tree.total[within])}`;
  },
  decorate: (frame, node, name) => frame.style.setProperty('--hue', hueOf(name)),
});
const choose = which => {
  tree = data.costs[which];
  const folded = tree.folded === 0 ? 'Every function is shown.'
    : `${amount(tree.folded)}, ${share(tree.folded, tree.total[0])}, in functions too small to be drawn, ` +
      'are added up in the grey ones.';
  $('folded').textContent = `${tree.title}: ${amount(tree.total[0])}. ${folded}`;
  graph.show({parent: tree.parent, name: tree.name, width: tree.total});
};
data.costs.forEach((cost, i) => $('cost').append(new Option(cost.title, i)));
$('cost').addEventListener('change', event => choose(Number(event.target.value)));
if (data.costs.length !== 0) choose(0);

// --- Tables.
table('leaks', ['bytes', 'blocks', 'kind', 'where'], data.leaks.map(leak =>
  ({cells: [leak.bytes, leak.blocks, leak.kind, leak.name], shown: [bytes], stack: leak.stack})));
$('leaksLeft').textContent = data.leaksLeft;
table('sites', ['at the peak', 'live', 'allocated', 'allocations', 'temporary', 'site'], data.sites.map(site =>
  ({cells: [...site.numbers, site.name], shown: [bytes, bytes, bytes], stack: site.stack})));
$('sitesLeft').textContent = data.sitesLeft;

// --- Sizes.
const mostAllocations = Math.max(1, ...data.sizes.map(size => size[2]));
table('sizes', ['size', 'allocations', 'live', ''], data.sizes.map(([least, most, allocations, live]) =>
  ({cells: [{key: least, text: least === most ? bytes(least) : `${bytes(least)} to ${bytes(most)}`}, allocations, live,
    {key: allocations, text: '\u2588'.repeat(Math.ceil(40 * allocations / mostAllocations))}], shown: []})));
