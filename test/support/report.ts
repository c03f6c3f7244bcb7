/** Prints a measured figure on its own line. */
export function report(line: string): void {
  process.stderr.write(`  measured: ${line}\n`);
}
