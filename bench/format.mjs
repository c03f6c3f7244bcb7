/** Three significant digits, or two below 0.1, without an exponent: 0.003 of a peer's cost is not none. */
export function figure(value) {
  const size = Math.abs(value);
  if (size >= 100) return Math.round(value).toLocaleString('en-US');
  if (size >= 10) return value.toFixed(1);
  return size >= 1e-6 && size < 0.1 ? value.toPrecision(2) : value.toFixed(2);
}

/** A summary as `median [least–greatest]`; a dash where there is none. */
export function range(summary) {
  if (!summary) return '–';
  const { median, minimum, maximum } = summary;
  return minimum === maximum ? figure(median) : `${figure(median)} [${figure(minimum)}–${figure(maximum)}]`;
}

/** A table in Markdown. A column is `[its head, whether it is of numbers]`; a line has a text for each. */
export function markdownTable(columns, lines) {
  const head = columns.map(([name]) => name);
  const align = columns.map(([, isNumber]) => (isNumber ? '--:' : '---'));
  return [head, align, ...lines].map((cells) => `| ${cells.join(' | ')} |`).join('\n');
}
