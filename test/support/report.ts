/** Prints a measured figure on a line of its own. */
export function report(line: string): void {
  process.stderr.write(`  measured: ${line}\n`);
}
