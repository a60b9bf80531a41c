
// --- A flame graph, with search and zoom. Nodes are columns, a parent before its children: `parent`, `name` (below 0: so
// many small functions that are one), and `width`, in any unit. `kind` says what is known of a node:
//   text(node, name)      what is written on it        about(node)          in a line
//   found(nodes, within)  of those that were found     decorate(frame, node)
const flameGraph = kind => {
  let tree, zoomed = 0, pattern = null;
  const nameOf = node => tree.name[node] >= 0 ? data.names[tree.name[node]]
    : `[${count(-tree.name[node])} smaller ${tree.name[node] === -1 ? 'function' : 'functions'}]`;
  const isFound = node => pattern !== null && tree.name[node] >= 0 && pattern.test(data.names[tree.name[node]]);
  const lay = source => {
    const size = source.parent.length;
    tree = {...source, depth: new Array(size).fill(0), begin: new Array(size).fill(0), span: new Array(size).fill(0), children: []};
    for (let i = 0; i < size; ++i) tree.children.push([]);
    for (let i = 1; i < size; ++i) {
      tree.children[tree.parent[i]].push(i);
      tree.depth[i] = tree.depth[tree.parent[i]] + 1;
    }
    for (const children of tree.children)  // The small ones, added up, go behind the others.
      if (children.length !== 0 && tree.name[children[0]] < 0) children.push(children.shift());
    tree.span[0] = tree.width[0];
    for (let i = 0; i < size; ++i) {
      let sum = 0, at = tree.begin[i];
      for (const child of tree.children[i]) sum += tree.width[child];
      // Medians of several runs need not add up: callees are never drawn wider than their caller.
      const scale = sum > tree.span[i] ? tree.span[i] / sum : 1;
      for (const child of tree.children[i]) {
        tree.begin[child] = at;
        tree.span[child] = tree.width[child] * scale;
        at += tree.span[child];
      }
    }
  };
  const draw = () => {
    const flame = $('flame'), row = 19;
    flame.replaceChildren();
    const whole = tree.span[zoomed], from = tree.begin[zoomed], found = [];
    let deepest = 0;
    const add = (node, left, width, isOutside) => {
      const name = nameOf(node);
      const frame = make('div', 'frame' + (tree.name[node] < 0 ? ' others' : '') + (isFound(node) ? ' found' : '') +
        (isOutside ? ' outside' : ''), width > 3 ? kind.text(node, name) : '');
      frame.dataset.node = node;
      frame.title = `${name}\n${kind.about(node)}`;
      frame.style.cssText = `left:${left}%;width:${width}%;top:${row * tree.depth[node]}px`;
      kind.decorate(frame, node, name);
      deepest = Math.max(deepest, tree.depth[node]);
      flame.append(frame);
    };
    for (let above = zoomed; above !== 0;) { above = tree.parent[above]; add(above, 0, 100, true); }
    const open = [[zoomed, false]];
    while (open.length !== 0) {
      const [node, isWithin] = open.pop();
      const width = node === zoomed ? 100 : whole === 0 ? 0 : 100 * tree.span[node] / whole;
      const counts = !isWithin && isFound(node);
      if (counts) found.push(node);
      if (width >= 0.04) add(node, node === zoomed ? 0 : 100 * (tree.begin[node] - from) / whole, width, false);
      if (width >= 0.04 || pattern !== null)
        for (const child of tree.children[node]) open.push([child, isWithin || counts]);
    }
    flame.style.height = `${row * (deepest + 1)}px`;
    $('matched').textContent = pattern === null ? '' : `found: ${kind.found(found, zoomed)}`;
    $('reset').disabled = zoomed === 0;
    $('zoomed').textContent = zoomed === 0 ? '' : nameOf(zoomed);
  };
  const zoom = node => { zoomed = node; draw(); };
  $('flame').addEventListener('click', event => {
    const frame = event.target.closest('.frame');
    if (frame && !frame.classList.contains('others')) zoom(Number(frame.dataset.node));
  });
  $('flame').addEventListener('mouseover', event => {
    const frame = event.target.closest('.frame');
    if (!frame) return;
    const node = Number(frame.dataset.node);
    $('about').textContent = `${nameOf(node)}: ${kind.about(node)}`;
  });
  $('reset').addEventListener('click', () => zoom(0));
  $('search').addEventListener('input', event => { pattern = patternOf(event.target.value); draw(); });
  document.addEventListener('keydown', event => {
    if (event.key === 'Escape') zoom(0);
    if (event.key === '/' && event.target === document.body) { $('search').focus(); event.preventDefault(); }
  });
  return {
    // Another tree, all of it; or the same one with other widths, as it is zoomed where that has any.
    show(source, isSame) {
      lay(source);
      if (!isSame || tree.span[zoomed] === 0) zoomed = 0;
      draw();
    },
  };
};
