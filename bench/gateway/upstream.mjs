/**
 * A vendor's chat completions. The first segment of the path says what it does: `ok` responds with 1 KB of JSON, or with
 * a stream if the body asks for one; `failing` responds with 500. A stream has as many chunks as the body's `max_tokens`,
 * in one burst, or one every `seed` milliseconds.
 */
import { createServer } from 'node:http';
import { sayListening } from '../floors/listening.mjs';

const usage = { prompt_tokens: 200, completion_tokens: 200, total_tokens: 400 };
const common = { id: 'chatcmpl-bench', created: 1700000000, model: 'bench-model-2026' };
const choice = { index: 0, message: { role: 'assistant', content: 'x'.repeat(760) }, finish_reason: 'stop' };
const json = Buffer.from(JSON.stringify({ ...common, object: 'chat.completion', choices: [choice], usage }));
const failure = Buffer.from(
  '{"error":{"message":"The server had an error.","type":"server_error","code":null}}',
);

const chunkOf = (delta, finishReason = null) =>
  `data: ${JSON.stringify({ ...common, object: 'chat.completion.chunk', choices: [{ index: 0, delta, finish_reason: finishReason }] })}\n\n`;
const first = chunkOf({ role: 'assistant', content: '' });
const middle = chunkOf({ content: ' token' });
const last = `${chunkOf({}, 'stop')}data: ${JSON.stringify({ ...common, object: 'chat.completion.chunk', choices: [], usage })}\n\ndata: [DONE]\n\n`;

createServer((request, response) => {
  const chunks = [];
  request.on('data', (chunk) => chunks.push(chunk));
  request.on('end', () => {
    const body = Buffer.concat(chunks);
    if (request.url.startsWith('/failing/')) send(response, 500, failure);
    else if (body.includes('"stream":true')) stream(response, JSON.parse(body));
    else send(response, 200, json);
  });
}).listen(0, '127.0.0.1', function listening() {
  sayListening(this.address());
});

function send(response, status, bytes) {
  response
    .writeHead(status, { 'content-type': 'application/json', 'content-length': bytes.length })
    .end(bytes);
}

function stream(response, { max_tokens: count, seed: intervalMs = 0 }) {
  response.writeHead(200, { 'content-type': 'text/event-stream' });
  response.write(first);
  if (intervalMs === 0) {
    for (let sent = 0; sent < count; sent += 1) response.write(middle);
    response.end(last);
    return;
  }
  let sent = 0;
  const timer = setInterval(() => {
    if ((sent += 1) <= count) return void response.write(middle);
    clearInterval(timer);
    response.end(last);
  }, intervalMs);
  response.on('close', () => clearInterval(timer));
}
