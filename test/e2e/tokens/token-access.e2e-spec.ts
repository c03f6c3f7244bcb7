import { startTestApp, type TestApp } from '../../support/app/app';
import { issueToken } from '../../support/clients/accounts';
import { problem } from '../../support/registry/factories';

const FIELDS = {
  allowed_selectors: ['main^*', 'other^gpt', '#fast'],
  tags: { team: 'checkout', 'cost-center': '4711' },
  caret_headers: false,
};

describe('what a token may use', () => {
  let app: TestApp;

  beforeAll(async () => {
    app = await startTestApp();
  });
  afterAll(() => app.stop());

  const body = (more: object) => ({ name: 'created', scopes: ['gateway:use'], ...more });
  const create = (more: object) => app.api.post('/v1/tokens', body(more));

  it('is returned by the creation, the list, the read and the rotation', async () => {
    const created = await create(FIELDS);
    expect(created).toMatchObject({ status: 201, body: FIELDS });
    const { id } = created.body;
    expect((await app.api.get(`/v1/tokens/${id}`)).body).toMatchObject(FIELDS);
    const listed = (await app.api.get('/v1/tokens')).body.find((token: { id: string }) => token.id === id);
    expect(listed).toMatchObject(FIELDS);
    expect((await app.api.post(`/v1/tokens/${id}/rotate`, {})).body).toMatchObject({ id, ...FIELDS });
  });

  it('is everything without the fields, and with null', async () => {
    const everything = { allowed_selectors: null, tags: null, caret_headers: true };
    expect((await create({})).body).toMatchObject(everything);
    expect((await create({ allowed_selectors: null, tags: null })).body).toMatchObject(everything);
    expect((await create({ tags: {} })).body.tags).toBeNull();
  });

  it('is stored with trimmed tags and recorded in the audit log', async () => {
    const { id } = (await create({ ...FIELDS, tags: { team: ' checkout ' } })).body;
    const [event] = (await app.api.get('/v1/audit-events?limit=1')).body;
    expect(event).toMatchObject({
      action: 'token.create',
      resource: { id },
      changes: {
        allowed_selectors: { before: null, after: FIELDS.allowed_selectors },
        tags: { before: null, after: { team: 'checkout' } },
        caret_headers: { before: null, after: false },
      },
    });
  });

  it.each<[string, object, string, string]>([
    ['a text as selectors', { allowed_selectors: 'main^*' }, '/allowed_selectors', 'type'],
    ['no selectors', { allowed_selectors: [] }, '/allowed_selectors', 'length'],
    ['51 selectors', { allowed_selectors: Array(51).fill('a') }, '/allowed_selectors', 'length'],
    ['auto', { allowed_selectors: ['main^*', 'auto'] }, '/allowed_selectors/1', 'format'],
    ['an asterisk', { allowed_selectors: ['*'] }, '/allowed_selectors/0', 'format'],
    ['no provider', { allowed_selectors: ['^gpt'] }, '/allowed_selectors/0', 'format'],
    ['a list of tags', { tags: ['a'] }, '/tags', 'type'],
    ['nine tags', { tags: Object.fromEntries([...'abcdefghi'].map((key) => [key, key])) }, '/tags', 'length'],
    ['a dot in the key of a tag', { tags: { 'a.b': 'c' } }, '/tags/a.b', 'pattern'],
    ['an empty key', { tags: { '': 'c' } }, '/tags/', 'pattern'],
    ['a number as a tag', { tags: { a: 1 } }, '/tags/a', 'type'],
    ['a blank tag', { tags: { a: ' ' } }, '/tags/a', 'length'],
    ['a long tag', { tags: { a: 'x'.repeat(65) } }, '/tags/a', 'length'],
    ['null for caret_headers', { caret_headers: null }, '/caret_headers', 'type'],
  ])('is rejected with %s', async (_case, fields, pointer, code) => {
    const response = await create(fields);
    expect(response).toMatchObject({ status: 422, body: { errors: [{ pointer, code }] } });
  });

  it('is within what the calling token may use', async () => {
    const { api } = await issueToken(app, ['admin'], { allowed_selectors: ['main^*', 'gpt'] });
    const createWithin = (fields: object) => api.post('/v1/tokens', body(fields));
    for (const allowed_selectors of [['main^claude'], ['MAIN^', 'main^#fast'], ['main^*', 'gpt', 'b^gpt']]) {
      expect((await createWithin({ allowed_selectors })).status).toBe(201);
    }
    const beyond = { status: 403, code: 'tokens.selectors_beyond_own' };
    for (const allowed_selectors of [null, undefined, ['other^*'], ['main^x', 'claude'], ['#fast']]) {
      expect(problem(await createWithin({ allowed_selectors }))).toEqual(beyond);
    }
  });

  it('cannot be widened by the rotation or the deletion of another token', async () => {
    const { id, api } = await issueToken(app, ['admin'], { allowed_selectors: ['main^*'] });
    const free = await issueToken(app, ['gateway:use']);
    const within = await issueToken(app, ['gateway:use'], { allowed_selectors: ['main^gpt'] });
    const beyond = { status: 403, code: 'tokens.selectors_beyond_own' };
    expect(problem(await api.post(`/v1/tokens/${free.id}/rotate`, {}))).toEqual(beyond);
    expect(problem(await api.delete(`/v1/tokens/${free.id}`))).toEqual(beyond);
    expect((await api.post(`/v1/tokens/${within.id}/rotate`, {})).status).toBe(200);
    expect((await api.delete(`/v1/tokens/${within.id}`)).status).toBe(204);
    expect((await api.post(`/v1/tokens/${id}/rotate`, {})).status).toBe(200);
  });

  it('is nothing if the stored selectors are corrupt', async () => {
    const { id, api } = await issueToken(app, ['admin'], { allowed_selectors: ['main^*'] });
    await app.database.query('UPDATE api_tokens SET allowed_selectors = ?, tags = ? WHERE id = ?', [
      '["main^*"',
      '[',
      id,
    ]);
    expect((await app.api.get(`/v1/tokens/${id}`)).body).toMatchObject({ allowed_selectors: [], tags: null });
    const response = await api.post('/v1/tokens', body({ allowed_selectors: ['main^*'] }));
    expect(problem(response)).toEqual({ status: 403, code: 'tokens.selectors_beyond_own' });
  });
});
