/** The floor of any response on a bare Fastify, which parses a JSON body. Its argument is the file with the bytes. */
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { sayListening } from './listening.mjs';

// Nest's own dependency, which is not in package.json.
const nest = createRequire(createRequire(import.meta.url).resolve('@nestjs/platform-fastify'));
const bytes = readFileSync(process.argv[2]);

const app = nest('fastify')();
app.route({
  method: ['GET', 'POST'],
  url: '/',
  handler: (request, reply) => reply.type('application/json; charset=utf-8').send(bytes),
});
await app.listen({ port: 0, host: '127.0.0.1' });
sayListening(app.server.address());
