import { readFileSync } from 'node:fs';
import { createServer } from 'node:http';
import { createServer as createTlsServer } from 'node:https';
import { connect, type Socket } from 'node:net';
import { join } from 'node:path';
import { type TLSSocket } from 'node:tls';
import { resolveTo, createClient, closeAll, sendGet, startServer } from '../fixtures/loopback-upstream';

const code = (expected: string) => expect.objectContaining({ code: expected });

afterEach(closeAll);

describe('GuardedHttpClient and certificates', () => {
  const pem = (name: string) => readFileSync(join(__dirname, '../fixtures', `${name}.pem`), 'utf8');
  const options = { resolve: resolveTo('127.0.0.1'), certificateAuthorities: pem('ca') };
  const startTlsUpstream = (certificate: string, serverNames: (string | false | undefined)[] = []) =>
    startServer(
      createTlsServer({ key: pem('server.key'), cert: pem(certificate) }, (request, response) => {
        serverNames.push((request.socket as TLSSocket & { servername?: string | false }).servername);
        response.end('ok');
      }),
    );

  it('accepts a valid certificate and sends the host as SNI, at the first reachable address', async () => {
    const serverNames: (string | false | undefined)[] = [];
    const { port } = await startTlsUpstream('valid', serverNames);
    const http = createClient({}, { ...options, resolve: resolveTo('::1', '127.0.0.1') });
    await expect(sendGet(http, `https://upstream.example:${port}`)).resolves.toMatchObject({ status: 200 });
    expect(serverNames).toEqual(['upstream.example']);
  });

  it.each([
    ['self-signed', 'self-signed', 'upstream.example', options],
    ['expired', 'expired', 'upstream.example', options],
    ['for another name', 'valid', 'other.example', options],
    ['for a name, when the host is an address', 'valid', '127.0.0.1', options],
    ['from an unknown authority', 'valid', 'upstream.example', { resolve: resolveTo('127.0.0.1') }],
  ])('rejects a certificate that is %s', async (_case, certificate, host, tls) => {
    const { port } = await startTlsUpstream(certificate);
    await expect(sendGet(createClient({}, tls), `https://${host}:${port}`)).rejects.toEqual(
      code('upstream_certificate_invalid'),
    );
  });

  it('rejects an invalid certificate when NODE_TLS_REJECT_UNAUTHORIZED is 0', async () => {
    const environment = jest.replaceProperty(process, 'env', {
      NODE_TLS_REJECT_UNAUTHORIZED: '0',
    });
    const { port } = await startTlsUpstream('self-signed');
    await expect(sendGet(createClient({}, options), `https://upstream.example:${port}`)).rejects.toEqual(
      code('upstream_certificate_invalid'),
    );
    environment.restore();
  });

  it.each([
    ['self-signed', 'self-signed', 'upstream.example'],
    ['expired', 'expired', 'upstream.example'],
    ['for another name', 'valid', 'other.example'],
  ])('rejects a certificate that is %s through EGRESS_PROXY', async (_case, certificate, host) => {
    const tunnels: string[] = [];
    const { port } = await startTlsUpstream(certificate);
    const proxy = createServer().on('connect', (request, socket: Socket) => {
      tunnels.push(request.url ?? '');
      const target = connect(port, '127.0.0.1', () => {
        socket.write('HTTP/1.1 200 OK\r\n\r\n');
        socket.pipe(target).pipe(socket);
      }).on('error', () => socket.destroy());
      socket.on('error', () => target.destroy());
    });
    const { port: proxyPort } = await startServer(proxy);
    const http = createClient({ proxy: new URL(`http://127.0.0.1:${proxyPort}`) }, options);
    await expect(sendGet(http, `https://${host}:${port}`)).rejects.toEqual(
      code('upstream_certificate_invalid'),
    );
    expect(tunnels).toEqual([`${host}:${port}`]);
    await http.onApplicationShutdown();
  });
});
