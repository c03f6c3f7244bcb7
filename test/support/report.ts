/** A measured figure, on a line of its own in the output of the run. */
export function report(line: string): void {
  process.stderr.write(`  measured: ${line}\n`);
}

export async function timed<T>(work: () => Promise<T>): Promise<{ result: T; milliseconds: number }> {
  const start = performance.now();
  const result = await work();
  return { result, milliseconds: Math.round(performance.now() - start) };
}
