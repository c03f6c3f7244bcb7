import { startTestApp, type TestApp } from '../../support/app/app';
import { createAccount, createProvider, issueToken } from '../../support/clients/accounts';

const NEXT = /^<([^>]+)>; rel="next"$/;

describe('the pages of GET /v1/audit-events', () => {
  let app: TestApp;

  beforeAll(async () => {
    app = await startTestApp();
    for (let count = 0; count < 7; count++) await createProvider(app.api);
  });
  afterAll(() => app.stop());

  const pageAt = (path: string) => app.api.get(path);
  const nextOf = (headers: Headers) => NEXT.exec(headers.get('link') ?? '')?.[1];
  const cursorOf = (path: string) => new URL(path, app.url).searchParams.get('cursor')!;

  async function walk(first: string) {
    const ids: string[] = [];
    for (let path: string | undefined = first; path;) {
      const page = await pageAt(path);
      expect(page.status).toBe(200);
      ids.push(...page.body.map(({ id }: { id: string }) => id));
      path = nextOf(page.headers);
    }
    return ids;
  }

  it('are newest first', async () => {
    const { body } = await pageAt('/v1/audit-events');
    const times = body.map(({ at }: { at: string }) => at);
    expect(times).toEqual([...times].sort().reverse());
  });

  it.each([1, 3, 8, 200])('of %i together hold each event once, in order', async (limit) => {
    const whole = (await pageAt('/v1/audit-events')).body.map(({ id }: { id: string }) => id);
    expect(await walk(`/v1/audit-events?limit=${limit}`)).toEqual(whole);
  });

  it('have no next page after the last', async () => {
    const { body } = await pageAt('/v1/audit-events');
    const { headers } = await pageAt(`/v1/audit-events?limit=${body.length}`);
    expect(headers.get('link')).toBeNull();
  });

  it('do not shift when events come between', async () => {
    const whole = (await pageAt('/v1/audit-events')).body.map(({ id }: { id: string }) => id);
    const first = await pageAt('/v1/audit-events?limit=2');
    await createProvider(app.api);
    const rest = await walk(nextOf(first.headers)!);
    expect([...first.body.map(({ id }: { id: string }) => id), ...rest]).toEqual(whole);
  });

  describe('a cursor', () => {
    let cursor: string;

    beforeAll(async () => {
      cursor = cursorOf(nextOf((await pageAt('/v1/audit-events?limit=1')).headers)!);
    });

    const tampered: [string, (cursor: string) => string][] = [
      ['with a changed first character', (text) => (text.startsWith('A') ? 'B' : 'A') + text.slice(1)],
      [
        'with a changed middle',
        (text) => text.slice(0, 30) + (text[30] === 'A' ? 'B' : 'A') + text.slice(31),
      ],
      ['cut short', (text) => text.slice(0, -4)],
      ['with more behind it', (text) => `${text}AAAA`],
      ['with what no cursor holds behind it', (text) => `${text}!`],
      ['padded', (text) => `${text}=`],
      ['in another alphabet', (text) => Buffer.from(text, 'base64url').toString('hex')],
      ['without its authentication', (text) => text.slice(22)],
      ['made by hand', () => Buffer.from('["01936b1e-0000-7000-8000-000000000000"]').toString('base64url')],
      ['that is empty', () => ''],
      ['that is an id', () => '01936b1e-0000-7000-8000-000000000000'],
      ['that is a SQL fragment', () => "' OR 1=1 --"],
      ['that is very long', () => 'A'.repeat(4000)],
    ];
    it.each(tampered)('%s is 400', async (_case, change) => {
      const answer = await pageAt(`/v1/audit-events?limit=1&cursor=${encodeURIComponent(change(cursor))}`);
      expect(answer).toMatchObject({ status: 400, body: { code: 'query.cursor' } });
    });

    it('of another list or another account is 400', async () => {
      await issueToken(app, ['admin']);
      const other = await createAccount(app);
      const tokens = nextOf((await pageAt('/v1/tokens?limit=1')).headers)!;
      expect((await pageAt(`/v1/audit-events?cursor=${cursorOf(tokens)}`)).status).toBe(400);
      expect((await pageAt(`/v1/llm-providers?limit=1&cursor=${cursor}`)).status).toBe(400);
      expect((await other.get(`/v1/audit-events?limit=1&cursor=${cursor}`)).status).toBe(400);
    });

    it('is opaque: it shows no id', async () => {
      const ids = (await pageAt('/v1/audit-events')).body.map(({ id }: { id: string }) => id);
      for (const id of ids) expect(cursor).not.toContain(id);
    });

    it('outlives a restart', async () => {
      const own = await startTestApp();
      await createProvider(own.api);
      const first = await own.api.get('/v1/audit-events?limit=1');
      const next = nextOf(first.headers)!;
      const { body } = await own.api.get(next);
      await own.app.close();
      const again = await startTestApp({ database: own.database, env: own.env });
      try {
        expect((await again.api.get(next)).body).toEqual(body);
      } finally {
        await again.stop();
        await own.database.drop();
      }
    });
  });

  it.each(['0', '201', '-1', '1.5', '1e1', '0x5', ' 1', '', 'x', '９'])(
    'refuse a limit of %j with 400',
    async (limit) => {
      const answer = await pageAt(`/v1/audit-events?limit=${encodeURIComponent(limit)}`);
      expect(answer).toMatchObject({ status: 400, body: { code: 'query.limit' } });
    },
  );

  it.each(['limit=1&limit=2', 'offset=1', 'sort=at', '__proto__=x'])('refuse ?%s with 400', async (query) => {
    expect((await pageAt(`/v1/audit-events?${query}`)).status).toBe(400);
  });
});
