/** What the benchmark waits for, in the words that the service has. */
export function sayListening({ port }) {
  process.stderr.write(`The floor is listening on http://127.0.0.1:${port}\n`);
}
