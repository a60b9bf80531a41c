
// --- Tables, sorted by the head that is clicked. A row has `cells`, of numbers, texts, and {text, key}: a
// text that is sorted by its key; `shown`, by column how a number is written, a `stack` behind the last cell, if any, and
// `judged`, the column that `kind` is about. `most` rows are shown at once: those that `filter()` keeps.
const table = (place, heads, rows, most = Infinity) => {
  const element = make('table'), head = make('tr'), body = make('tbody'), rest = make('div', 'faint');
  let kept = rows;
  const keyOf = cell => cell?.key ?? cell, textOf = cell => cell?.text ?? cell;
  const elementOf = row => {
    if (row.element) return row.element;
    row.element = make('tr', row.kind);
    row.cells.forEach((cell, column) => {
      const isNumber = typeof cell === 'number';
      const element = make('td', isNumber ? 'number' : 'name', isNumber ? (row.shown[column] || count)(cell) : '');
      if (row.judged === column) element.classList.add('judged');
      if (heads[column]) element.dataset.head = heads[column];
      if (heads[column] && column === row.cells.length - 1) element.classList.add('last');
      if (!isNumber && row.stack && column === row.cells.length - 1) {
        const details = make('details');
        details.append(make('summary', '', textOf(cell)), make('pre', '', row.stack.join('\n')));
        element.append(details);
      } else if (!isNumber) {
        element.textContent = textOf(cell);
      }
      row.element.append(element);
    });
    return row.element;
  };
  const show = () => {
    body.replaceChildren(...kept.slice(0, most).map(elementOf));
    rest.textContent = kept.length > most ? `${count(most)} of ${count(kept.length)} rows are shown: search, or sort.`
      : kept.length === 0 && rows.length !== 0 ? 'No row has that.' : '';
  };
  heads.forEach((title, column) => {
    const cell = make('th', typeof rows[0]?.cells[column] === 'number' ? 'number' : '', title);
    cell.addEventListener('click', () => {
      const down = cell.dataset.down !== 'yes';
      cell.dataset.down = down ? 'yes' : '';
      rows.sort((a, b) => {
        const left = keyOf(a.cells[column]), right = keyOf(b.cells[column]);
        return (left < right ? -1 : left > right ? 1 : 0) * (down ? -1 : 1);
      });
      if (kept !== rows) { const all = new Set(kept); kept = rows.filter(row => all.has(row)); }
      show();
    });
    head.append(cell);
  });
  const top = make('thead');
  top.append(head);
  element.append(top, body);
  $(place).append(element, rest);
  show();
  return {filter(keeps) { kept = keeps === null ? rows : rows.filter(keeps); show(); }};
};
