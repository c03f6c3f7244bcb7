import { startTestApp, type TestApp } from '../../support/app/app';
import { createAccount, createProvider, issueToken } from '../../support/clients/accounts';

const NEXT = /^<([^>]+)>; rel="next"$/;

describe('GET /v1/audit-events with limit and cursor', () => {
  let app: TestApp;

  beforeAll(async () => {
    app = await startTestApp();
    for (let count = 0; count < 7; count++) await createProvider(app.api);
  });
  afterAll(() => app.stop());

  const getPage = (path: string) => app.api.get(path);
  const findNext = (headers: Headers) => NEXT.exec(headers.get('link') ?? '')?.[1];
  const readCursor = (path: string) => new URL(path, app.url).searchParams.get('cursor')!;

  async function collectIds(first: string) {
    const ids: string[] = [];
    for (let path: string | undefined = first; path;) {
      const page = await getPage(path);
      expect(page.status).toBe(200);
      ids.push(...page.body.map(({ id }: { id: string }) => id));
      path = findNext(page.headers);
    }
    return ids;
  }

  it('returns events newest first', async () => {
    const { body } = await getPage('/v1/audit-events');
    const times = body.map(({ at }: { at: string }) => at);
    expect(times).toEqual([...times].sort().reverse());
  });

  it.each([1, 3, 8, 200])('returns each event once, in order, over pages of %i', async (limit) => {
    const whole = (await getPage('/v1/audit-events')).body.map(({ id }: { id: string }) => id);
    expect(await collectIds(`/v1/audit-events?limit=${limit}`)).toEqual(whole);
  });

  it('returns no next link on the last page', async () => {
    const { body } = await getPage('/v1/audit-events');
    const { headers } = await getPage(`/v1/audit-events?limit=${body.length}`);
    expect(headers.get('link')).toBeNull();
  });

  it('does not repeat or skip events when new ones are recorded between pages', async () => {
    const whole = (await getPage('/v1/audit-events')).body.map(({ id }: { id: string }) => id);
    const first = await getPage('/v1/audit-events?limit=2');
    await createProvider(app.api);
    const rest = await collectIds(findNext(first.headers)!);
    expect([...first.body.map(({ id }: { id: string }) => id), ...rest]).toEqual(whole);
  });

  describe('cursor', () => {
    let cursor: string;

    beforeAll(async () => {
      cursor = readCursor(findNext((await getPage('/v1/audit-events?limit=1')).headers)!);
    });

    const tampered: [string, (cursor: string) => string][] = [
      ['with a changed first character', (text) => (text.startsWith('A') ? 'B' : 'A') + text.slice(1)],
      [
        'with a changed middle',
        (text) => text.slice(0, 30) + (text[30] === 'A' ? 'B' : 'A') + text.slice(31),
      ],
      ['cut short', (text) => text.slice(0, -4)],
      ['with more text at its end', (text) => `${text}AAAA`],
      ['with an invalid character at its end', (text) => `${text}!`],
      ['with padding', (text) => `${text}=`],
      ['in hex', (text) => Buffer.from(text, 'base64url').toString('hex')],
      ['without its authentication code', (text) => text.slice(22)],
      [
        'that a client created',
        () => Buffer.from('["01936b1e-0000-7000-8000-000000000000"]').toString('base64url'),
      ],
      ['that is empty', () => ''],
      ['that is an id', () => '01936b1e-0000-7000-8000-000000000000'],
      ['that is a SQL fragment', () => "' OR 1=1 --"],
      ['that is very long', () => 'A'.repeat(4000)],
    ];
    it.each(tampered)('%s returns 400', async (_case, change) => {
      const response = await getPage(`/v1/audit-events?limit=1&cursor=${encodeURIComponent(change(cursor))}`);
      expect(response).toMatchObject({ status: 400, body: { code: 'query.cursor' } });
    });

    it('of another list or another account returns 400', async () => {
      await issueToken(app, ['admin']);
      const other = await createAccount(app);
      const tokens = findNext((await getPage('/v1/tokens?limit=1')).headers)!;
      expect((await getPage(`/v1/audit-events?cursor=${readCursor(tokens)}`)).status).toBe(400);
      expect((await getPage(`/v1/llm-providers?limit=1&cursor=${cursor}`)).status).toBe(400);
      expect((await other.get(`/v1/audit-events?limit=1&cursor=${cursor}`)).status).toBe(400);
    });

    it('contains no readable id', async () => {
      const ids = (await getPage('/v1/audit-events')).body.map(({ id }: { id: string }) => id);
      for (const id of ids) expect(cursor).not.toContain(id);
    });

    it('stays valid after a restart', async () => {
      const own = await startTestApp();
      await createProvider(own.api);
      const first = await own.api.get('/v1/audit-events?limit=1');
      const next = findNext(first.headers)!;
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
    'returns 400 for a limit of %j',
    async (limit) => {
      const response = await getPage(`/v1/audit-events?limit=${encodeURIComponent(limit)}`);
      expect(response).toMatchObject({ status: 400, body: { code: 'query.limit' } });
    },
  );

  it.each(['limit=1&limit=2', 'offset=1', 'sort=at', '__proto__=x'])('returns 400 for ?%s', async (query) => {
    expect((await getPage(`/v1/audit-events?${query}`)).status).toBe(400);
  });
});
