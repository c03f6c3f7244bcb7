/**
 * The floor of a gateway: `node:http`, and undici's dispatch to the same upstream. It copies status, content type and
 * bytes. Its arguments are the URLs to call one after the other; only the response of the last one counts.
 */
import { createServer } from 'node:http';
import { Pool } from 'undici';
import { sayListening } from './listening.mjs';

const hops = process.argv.slice(2).map((url) => {
  const { origin, pathname } = new URL(url);
  return { pool: new Pool(origin, { connections: null, pipelining: 1 }), path: pathname };
});
const headers = { 'content-type': 'application/json', authorization: 'Bearer sk-bench' };

createServer((request, response) => {
  const chunks = [];
  request.on('data', (chunk) => chunks.push(chunk));
  request.on('end', () => send(0, chunks.length === 1 ? chunks[0] : Buffer.concat(chunks), response));
})
  .listen(0, '127.0.0.1', function listening() {
    sayListening(this.address());
  })
  .on('connection', (socket) => socket.setNoDelay(true));

function send(hop, body, response) {
  const { pool, path } = hops[hop];
  const isLast = hop === hops.length - 1;
  const options = { path, method: 'POST', headers, body };
  pool.dispatch(options, isLast ? new Copy(response) : new Skip(() => send(hop + 1, body, response)));
}

/** Copies a response to the caller, chunk by chunk. */
class Copy {
  constructor(response) {
    this.response = response;
  }
  onRequestStart() {}
  onResponseStart(controller, status, { 'content-type': type, 'content-length': length }) {
    const head = { 'content-type': type };
    if (length !== undefined) head['content-length'] = length;
    this.response.writeHead(status, head);
    this.response.on('drain', () => controller.resume());
  }
  onResponseData(controller, chunk) {
    if (!this.response.write(chunk)) controller.pause();
  }
  onResponseEnd() {
    this.response.end();
  }
  onResponseError() {
    this.response.destroy();
  }
}

/** Reads a response to its end, or until it fails. */
class Skip {
  constructor(next) {
    this.next = next;
  }
  onRequestStart() {}
  onResponseStart() {}
  onResponseData() {}
  onResponseEnd() {
    this.next();
  }
  onResponseError() {
    this.next();
  }
}
