/** Formats three significant digits, or two below 0.1, without an exponent, so that 0.003 does not become 0.00. */
export function figure(value) {
  const size = Math.abs(value);
  if (size >= 100) return Math.round(value).toLocaleString('en-US');
  if (size >= 10) return value.toFixed(1);
  return size >= 1e-6 && size < 0.1 ? value.toPrecision(2) : value.toFixed(2);
}

/** Formats a summary as `median [least–greatest]`, or a dash for null. */
export function range(summary) {
  if (!summary) return '–';
  const { median, minimum, maximum } = summary;
  return minimum === maximum ? figure(median) : `${figure(median)} [${figure(minimum)}–${figure(maximum)}]`;
}

/** Renders a Markdown table. A column is `[head, isNumber]`; a line has one text for each column. */
export function markdownTable(columns, lines) {
  const head = columns.map(([name]) => name);
  const align = columns.map(([, isNumber]) => (isNumber ? '--:' : '---'));
  return [head, align, ...lines].map((cells) => `| ${cells.join(' | ')} |`).join('\n');
}
