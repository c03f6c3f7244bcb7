import { once } from 'node:events';
import { createServer } from 'node:http';

const MODELS = {
  object: 'list',
  data: ['gpt-4.1', 'gpt-4.1-mini'].map((id) => ({ id, object: 'model', created: 1_686_935_002 })),
};

/**
 * Starts a proxy that connects to no host and responds for every host itself, so no upstream call of a run leaves the
 * machine. It does not support TLS, so `https` addresses are unreachable. Returns its URL. Does not keep the process alive.
 */
export async function startLocalUpstream() {
  const upstream = createServer((request, response) => {
    const isList = request.method === 'GET' && request.url.split('?')[0].endsWith('/models');
    response.writeHead(isList ? 200 : 404, { 'content-type': 'application/json' });
    response.end(JSON.stringify(isList ? MODELS : { error: { message: 'No such path.' } }));
  });
  const proxy = createServer().on('connect', (_request, socket) => {
    socket.on('error', () => socket.destroy());
    socket.write('HTTP/1.1 200 Connection established\r\n\r\n');
    upstream.emit('connection', socket);
  });
  proxy.listen(0, '127.0.0.1').unref();
  await once(proxy, 'listening');
  return `http://127.0.0.1:${proxy.address().port}`;
}
