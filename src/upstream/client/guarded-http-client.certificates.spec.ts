import { readFileSync } from 'node:fs';
import { createServer } from 'node:http';
import { createServer as createTlsServer } from 'node:https';
import { connect, type Socket } from 'node:net';
import { join } from 'node:path';
import { type TLSSocket } from 'node:tls';
import { answers, client, closeAll, get, listen } from '../fixtures/loopback-upstream';

const code = (expected: string) => expect.objectContaining({ code: expected });

afterEach(closeAll);

describe('certificates', () => {
  const pem = (name: string) => readFileSync(join(__dirname, '../fixtures', `${name}.pem`), 'utf8');
  const options = { resolve: answers('127.0.0.1'), certificateAuthorities: pem('ca') };
  const secure = (certificate: string, seen: (string | false | undefined)[] = []) =>
    listen(
      createTlsServer({ key: pem('server.key'), cert: pem(certificate) }, (request, response) => {
        seen.push((request.socket as TLSSocket & { servername?: string | false }).servername);
        response.end('ok');
      }),
    );

  it('a valid one is accepted, with the host as SNI, at the address that answers', async () => {
    const seen: (string | false | undefined)[] = [];
    const { port } = await secure('valid', seen);
    const http = client({}, { ...options, resolve: answers('::1', '127.0.0.1') });
    await expect(get(http, `https://upstream.example:${port}`)).resolves.toMatchObject({ status: 200 });
    expect(seen).toEqual(['upstream.example']);
  });

  it.each([
    ['self-signed', 'self-signed', 'upstream.example', options],
    ['expired', 'expired', 'upstream.example', options],
    ['for another name', 'valid', 'other.example', options],
    ['for no address', 'valid', '127.0.0.1', options],
    ['of an unknown authority', 'valid', 'upstream.example', { resolve: answers('127.0.0.1') }],
  ])('one that is %s is refused', async (_case, certificate, host, tls) => {
    const { port } = await secure(certificate);
    await expect(get(client({}, tls), `https://${host}:${port}`)).rejects.toEqual(
      code('upstream_unreachable'),
    );
  });

  it('one that is refused stays so, whatever the environment says of TLS', async () => {
    const environment = jest.replaceProperty(process, 'env', {
      NODE_TLS_REJECT_UNAUTHORIZED: '0',
    });
    const { port } = await secure('self-signed');
    await expect(get(client({}, options), `https://upstream.example:${port}`)).rejects.toEqual(
      code('upstream_unreachable'),
    );
    environment.restore();
  });

  it.each([
    ['self-signed', 'self-signed', 'upstream.example'],
    ['expired', 'expired', 'upstream.example'],
    ['for another name', 'valid', 'other.example'],
  ])('one that is %s is refused behind EGRESS_PROXY too', async (_case, certificate, host) => {
    const asked: string[] = [];
    const { port } = await secure(certificate);
    const proxy = createServer().on('connect', (request, socket: Socket) => {
      asked.push(request.url ?? '');
      const target = connect(port, '127.0.0.1', () => {
        socket.write('HTTP/1.1 200 OK\r\n\r\n');
        socket.pipe(target).pipe(socket);
      }).on('error', () => socket.destroy());
      socket.on('error', () => target.destroy());
    });
    const { port: proxyPort } = await listen(proxy);
    const http = client({ proxy: new URL(`http://127.0.0.1:${proxyPort}`) }, options);
    await expect(get(http, `https://${host}:${port}`)).rejects.toEqual(code('upstream_unreachable'));
    expect(asked).toEqual([`${host}:${port}`]);
    await http.onApplicationShutdown();
  });
});
