import { startTestApp, type TestApp } from '../../support/app/app';
import { RawConnection } from '../../support/clients/raw-connection';

const NOSNIFF = /^x-content-type-options: nosniff\r$/im;

describe('a response', () => {
  let app: TestApp;

  beforeAll(async () => {
    app = await startTestApp();
  });
  afterAll(() => app.stop());

  /** Sends a request as it is and returns the status and everything that was received. */
  async function send(requestLine: string, ...lines: string[]): Promise<{ status: number; text: string }> {
    const connection = await RawConnection.open(app.url);
    const all = [`${requestLine} HTTP/1.1`, ...lines, 'Connection: close', '', ''];
    connection.write(all.join('\r\n'));
    await connection.ended();
    connection.close();
    return { status: connection.statuses[0]!, text: connection.received };
  }

  const HOST = 'Host: localhost';
  const withToken = () => `Authorization: Bearer ${app.adminToken}`;

  it.each<[string, number, readonly string[]]>([
    ['GET /healthz', 200, [HOST]],
    ['HEAD /healthz', 200, [HOST]],
    ['GET /readyz', 200, [HOST]],
    ['GET /metrics', 200, [HOST]],
    ['GET /openapi.json', 200, [HOST]],
    ['GET /docs', 200, [HOST]],
    ['GET /docs/swagger-ui-bundle.js', 200, [HOST]],
    ['GET /openapi.json', 304, [HOST, 'If-None-Match: *']],
    ['GET /', 302, [HOST]],
    ['GET /v1/account', 401, [HOST]],
    ['GET /v1/nothing', 404, [HOST]],
    ['GET /docs/../package.json', 404, [HOST]],
    ['PUT /v1/account', 405, [HOST]],
    ['BREW /v1/account', 400, [HOST]],
    ['GET /v1/%zz', 400, [HOST]],
    ['GET /healthz', 400, []],
    ['GET /healthz', 400, [HOST, 'X-Text: \u0001']],
    ['GET /healthz', 400, [HOST, 'Transfer-Encoding: chunked', 'Content-Length: 3']],
    ['GET /healthz', 431, [HOST, `X-Padding: ${'x'.repeat(20_000)}`]],
    ['GET /readyz', 421, ['Host: attacker.example']],
    ['GET /healthz', 200, [HOST, 'Expect: nothing']],
  ])('of %s with %i does not let a browser guess its type', async (requestLine, status, lines) => {
    const response = await send(requestLine, ...lines);
    expect(response.status).toBe(status);
    expect(response.text).toMatch(NOSNIFF);
    expect(response.text).toMatch(/^x-request-id: \S+\r$/im);
    if (status >= 400) expect(response.text).toMatch(/^content-type: application\/problem\+json/im);
  });

  it('to a valid token does not let a browser guess its type', async () => {
    const read = await send('GET /v1/account', HOST, withToken());
    const etag = /^etag: (\S+)\r$/im.exec(read.text)?.[1];
    const responses = [
      read,
      await send('GET /v1/account', HOST, withToken(), `If-None-Match: ${etag ?? '*'}`),
      await send('GET /v1/tokens/x', HOST, withToken()),
      await send('GET /v1/tokens?limit=x', HOST, withToken()),
    ];
    expect(responses.map(({ status }) => status)).toEqual([200, 304, 404, 400]);
    for (const { text } of responses) expect(text).toMatch(NOSNIFF);
  });

  it.each(['/healthz', '/readyz', '/metrics', '/docs', '/openapi.json', '/', '/v1/account', '/nothing'])(
    'of %s is 400 for two Host headers, equal or not',
    async (path) => {
      for (const second of [HOST, 'host: attacker.example']) {
        const { status, text } = await send(`GET ${path}`, HOST, second, withToken());
        expect(status).toBe(400);
        expect(text).toContain('"code":"request.malformed"');
      }
    },
  );

  it('of /v1/account is 400 without a Host header', async () => {
    expect(await send('GET /v1/account', withToken())).toMatchObject({
      status: 400,
      text: expect.stringContaining('"code":"request.malformed"'),
    });
  });

  it('does not depend on the form of the request target', async () => {
    const target = 'http://localhost/v1/account?access_token=x';
    const { status, text } = await send(`GET ${target}`, HOST, withToken());
    expect(status).toBe(400);
    expect(text).toContain('"instance":"/v1/account"');
    expect(await send('PUT http://localhost/v1/account', HOST)).toMatchObject({ status: 405 });
    expect(await send('OPTIONS *', HOST)).toMatchObject({ status: 404 });
    expect(await send('CONNECT localhost:443', HOST)).toMatchObject({ text: '' });
  });

  describe('on a loopback address', () => {
    const statusOf = async (path: string, host: string, ...lines: string[]) =>
      (await send(`GET ${path}`, `Host: ${host}`, ...lines)).status;

    it.each(['/readyz', '/metrics'])('of %s is 421 for the name of another site', async (path) => {
      for (const host of [
        'attacker.example',
        'attacker.example:3000',
        '0.0.0.0',
        '192.168.0.1',
        'localhost.x',
      ]) {
        expect([host, await statusOf(path, host)]).toEqual([host, 421]);
      }
      for (const host of ['localhost', 'LOCALHOST:3000', '127.0.0.1', '127.0.0.2:80', '[::1]:3000']) {
        expect([host, await statusOf(path, host)]).toEqual([host, 200]);
      }
    });

    it.each([
      ['http://attacker.example/metrics', 'localhost', 421],
      ['HTTP://attacker.example:3000/readyz', 'localhost', 421],
      ['https://attacker.example/metrics', 'localhost', 421],
      ['http://localhost@attacker.example/metrics', 'localhost', 421],
      ['http:///metrics', 'localhost', 400],
      ['http://[::1/metrics', 'localhost', 400],
      ['http://%zz/v1/account', 'localhost', 400],
      ['http://[::1', 'localhost', 400],
      ['http://localhost/metrics', 'attacker.example', 421],
      ['http://localhost:3000/metrics', 'localhost', 200],
      ['https://127.0.0.1/readyz', 'localhost', 200],
    ])('of %s with Host %s is %i', async (target, host, status) => {
      expect(await statusOf(target, host)).toBe(status);
    });

    it('of HTTP/1.0 is 421 for a request target of another site', async () => {
      const connection = await RawConnection.open(app.url);
      connection.write('GET http://attacker.example/metrics HTTP/1.0\r\n\r\n');
      expect(await connection.responses()).toEqual([421]);
      await connection.ended();
    });

    it('does not depend on the name where it needs a token or says nothing', async () => {
      expect(await statusOf('/healthz', 'caret.example.com')).toBe(200);
      expect(await statusOf('/docs', 'caret.example.com')).toBe(200);
      expect(await statusOf('/v1/account', 'caret.example.com', withToken())).toBe(200);
    });
  });

  it.each<[string, Record<string, string>, string, number]>([
    ['a name of ALLOWED_HOSTS', { ALLOWED_HOSTS: 'caret.example.com' }, '/metrics', 200],
    ['a metrics token', { METRICS_TOKEN: 'm'.repeat(8) + 'n'.repeat(8) }, '/metrics', 401],
    ['every address of the machine', { HOST: '0.0.0.0' }, '/readyz', 200],
  ])('serves another name with %s', async (_case, env, path, status) => {
    const other = await startTestApp({ env });
    try {
      const { port } = new URL(other.url);
      const connection = await RawConnection.open(`http://127.0.0.1:${port}`);
      connection.writeHead(`GET ${path}`, { Host: 'caret.example.com' });
      expect(await connection.responses()).toEqual([status]);
      connection.close();
    } finally {
      await other.stop();
    }
  });
});
