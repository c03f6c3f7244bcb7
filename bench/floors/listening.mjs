/** Prints the line that the benchmark waits for, in the service's words. */
export function sayListening({ port }) {
  process.stderr.write(`The floor is listening on http://127.0.0.1:${port}\n`);
}
