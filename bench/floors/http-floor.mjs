/** The floor of any response in Node: `node:http` and static bytes. Its argument is the file with the bytes. */
import { readFileSync } from 'node:fs';
import { createServer } from 'node:http';
import { sayListening } from './listening.mjs';

const bytes = readFileSync(process.argv[2]);
const head = { 'Content-Type': 'application/json; charset=utf-8', 'Content-Length': bytes.length };

const server = createServer((request, response) => {
  request.resume();
  response.writeHead(200, head).end(bytes);
});
server.listen(0, '127.0.0.1', () => sayListening(server.address()));
