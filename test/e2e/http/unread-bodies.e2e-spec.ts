import { newId } from '../../../src/common/ids';
import { startTestApp, type TestApp } from '../../support/app/app';
import { newAddress } from '../../support/app/document-app';
import { createAccount, issueToken } from '../../support/clients/accounts';
import { forgeToken, withBadChecksum } from '../../support/clients/forged-token';
import { RawConnection } from '../../support/clients/raw-connection';
import { eventually } from '../../support/eventually';
import { providerBody } from '../../support/registry/factories';

/** Almost the limit of one body. */
const LARGE_BYTES = 250_000;

/** More than one caller may have in flight, which is 24 MiB while there is no other. */
const CONNECTIONS = 140;

describe('a body that has not arrived', () => {
  let app: TestApp;
  const connections: RawConnection[] = [];

  beforeAll(async () => {
    app = await startTestApp({ env: { TRUST_PROXY: '127.0.0.1' } });
  });
  afterEach(() => {
    for (const connection of connections.splice(0)) connection.close();
  });
  afterAll(() => app.stop());

  async function open(): Promise<RawConnection> {
    const connection = await RawConnection.open(app.url);
    connections.push(connection);
    return connection;
  }

  const POST = 'POST /v1/llm-providers';
  const headersOf = (token: string | null, more: Record<string, string> = {}) => ({
    'X-Forwarded-For': newAddress(),
    'Content-Type': 'application/json',
    ...(token === null ? {} : { Authorization: `Bearer ${token}` }),
    ...more,
  });
  const ofLength = (length: number) => ({ 'Content-Length': String(length) });

  it.each<[string, (valid: string) => string | null]>([
    ['no token', () => null],
    ['an empty token', () => ''],
    ['a malformed token', () => 'x'.repeat(40)],
    ['a token that is too short', () => 'short'],
    ['a token that is too long', () => 'x'.repeat(513)],
    ['a token in Latin-1', () => 'é'.repeat(40)],
    ['a token with a bad checksum', (valid) => withBadChecksum(valid)],
    ['an unknown token', () => forgeToken(newId())],
  ])('is not read for %s, and the connection ends', async (_case, toToken) => {
    const { token } = await issueToken(app, ['admin']);
    for (const framing of [ofLength(LARGE_BYTES), { 'Transfer-Encoding': 'chunked' }]) {
      const connection = await open();
      connection.writeHead(POST, headersOf(toToken(token), framing));
      connection.write('1\r\n{\r\n');
      expect(await connection.responses()).toEqual([401]);
      expect(connection.received).toMatch(/^connection: close\r$/im);
      await connection.ended();
    }
  });

  it.each([
    ['POST /v1/nothing', 404],
    ['PUT /v1/llm-providers', 405],
    ['POST /healthz', 405],
  ])('is not read for %s', async (requestLine, status) => {
    const connection = await open();
    connection.writeHead(requestLine, headersOf(app.adminToken, ofLength(LARGE_BYTES)));
    expect(await connection.responses()).toEqual([status]);
    await connection.ended();
  });

  it('does not end the connection if it arrived with its head', async () => {
    const connection = await open();
    for (const count of [1, 2, 3]) {
      connection.write(
        `${POST} HTTP/1.1\r\nHost: localhost\r\nX-Forwarded-For: ${newAddress()}\r\nContent-Type: application/json\r\nContent-Length: 2\r\n\r\n{}`,
      );
      await connection.responses(count);
    }
    expect(connection.statuses).toEqual([401, 401, 401]);
    expect(connection.isEnded).toBe(false);
  });

  it('lets no later request of its connection run', async () => {
    const connection = await open();
    connection.writeHead(POST, headersOf(null, ofLength(LARGE_BYTES)));
    await connection.responses();
    const body = providerBody();
    const text = JSON.stringify(body);
    connection.write(' '.repeat(LARGE_BYTES));
    connection.writeHead(POST, headersOf(app.adminToken, ofLength(text.length)));
    connection.write(text);
    await connection.ended();
    expect((await app.api.get(`/v1/llm-providers?name=${body.name}`)).body).toEqual([]);
    expect(connection.statuses).toEqual([401]);
  });

  describe('and waits for 100 Continue', () => {
    const EXPECT = { Expect: '100-continue' };

    it('is requested from a caller with a valid token', async () => {
      const connection = await open();
      const text = JSON.stringify(providerBody());
      connection.writeHead(POST, headersOf(app.adminToken, { ...EXPECT, ...ofLength(text.length) }));
      expect(await connection.responses()).toEqual([100]);
      connection.write(text);
      expect(await connection.responses(2)).toEqual([100, 201]);
    });

    it('is not requested from a caller without one', async () => {
      const connection = await open();
      connection.writeHead(POST, headersOf(null, { ...EXPECT, ...ofLength(LARGE_BYTES) }));
      await connection.ended();
      expect(connection.statuses).toEqual([401]);
    });
  });

  describe('takes memory of its caller', () => {
    const hold = async (token: string) => {
      const all = await Promise.all(Array.from({ length: CONNECTIONS }, open));
      for (const connection of all) {
        connection.writeHead(POST, headersOf(token, ofLength(LARGE_BYTES)));
        connection.write(' '.repeat(LARGE_BYTES - 1));
      }
      return eventually('a rejection', () => all.find(({ statuses }) => statuses.includes(503)));
    };

    it('so beyond half of the budget, the caller gets 503 with Retry-After, and others are served', async () => {
      const other = await createAccount(app, 'neighbour');
      const rejected = await hold(app.adminToken);
      expect(rejected.received).toMatch(/^retry-after: \d+\r$/im);
      expect(rejected.received).toContain('"code":"body.too_many_in_flight"');
      await rejected.ended();
      expect((await other.post('/v1/llm-providers', providerBody())).status).toBe(201);
    });

    it('until its connection ends', async () => {
      await hold(app.adminToken);
      for (const connection of connections) connection.close();
      const isServed = async () =>
        (await app.api.withoutRetries().post('/v1/llm-providers', providerBody())).status === 201;
      await eventually('the caller is served', isServed);
    });

    it('counts a body of many tiny chunks by its own size', async () => {
      const connection = await open();
      connection.writeHead(POST, headersOf(app.adminToken, { 'Transfer-Encoding': 'chunked' }));
      connection.write('1\r\n \r\n'.repeat(LARGE_BYTES));
      const text = JSON.stringify(providerBody());
      connection.write(`${text.length.toString(16)}\r\n${text}\r\n0\r\n\r\n`);
      expect(await connection.responses()).toEqual([201]);
    });
  });
});
