/** Three significant digits, without an exponent. */
export function figure(value) {
  if (Math.abs(value) >= 100) return Math.round(value).toLocaleString('en-US');
  return Math.abs(value) >= 10 ? value.toFixed(1) : value.toFixed(2);
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
