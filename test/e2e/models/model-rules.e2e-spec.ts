import { startTestApp, type TestApp } from '../../support/app/app';
import type { Json } from '../../support/clients/api-client';
import { expectCpuTimeBelow } from '../../support/pace';
import {
  createModel,
  createProvider,
  invalid,
  modelPath,
  problem,
  providerPath,
} from '../../support/registry/factories';
import { consideredIn, resolve, routesOf } from '../../support/registry/routing';

const nested = (depth: number): Json => (depth === 0 ? { a: 1 } : { $not: nested(depth - 1) });
const conditions = (count: number): Json =>
  Object.fromEntries(Array.from({ length: count }, (_, index) => [`path${index}`, index]));

const shorten = (text: string) => (text.length > 70 ? `${text.slice(0, 70)}…` : text);

/** As JSON text, because rules are stored and returned exactly as sent. */
const VALID = [
  '{}',
  '{"tier":"pro"}',
  '{"tier":null,"a.b.0.c":[1,{"z":1,"a":2}],"é 😀/~":true}',
  '{"b":1,"a":{"x":{"y":[]}},"toString":"x","constructor.name":1,"a.__proto__":2}',
  '{"n":{"$gt":-1.5e-7,"$gte":0,"$lt":9007199254740991,"$lte":"x","$ne":null,"$eq":[]}}',
  '{"s":{"$in":[],"$nin":["a",null,{"b":1}],"$exists":false,"$contains":{"a":1}}}',
  '{"s":{"$startsWith":"","$endsWith":"é","$regex":"^(?i)a+[[:alpha:]]*$","$not":{"$not":{"$eq":1}}}}',
  '{"$and":[{"a":1},{"$or":[{"b":2},{"$nor":[{"c":3}]}]}],"$not":{"d":{"$in":["x"]}},"e":1}',
  JSON.stringify(conditions(50)),
  JSON.stringify(nested(15)),
];

const INVALID: [Json, string, string][] = [
  [{ $and: [{ a: 1 }, { tier: { $foo: 1 } }] }, '/when/$and/1/tier/$foo', 'Unknown operator "$foo"'],
  [{ tier: { $egal: 'x' } }, '/when/tier/$egal', '$eq'],
  [{ tier: { $startswith: 'x' } }, '/when/tier/$startswith', 'Did you mean "$startsWith"?'],
  [{ tier: { $regex: 'a', $options: 'i' } }, '/when/tier/$options', '(?i)'],
  [{ $where: 'true' }, '/when/$where', 'Unknown operator'],
  [{ $gt: 5 }, '/when/$gt', 'under a path'],
  [{ a: { $or: [{ b: 1 }] } }, '/when/a/$or', 'at the top'],
  [{ a: { $gt: 1, b: 2 } }, '/when/a/b', '"a.b"'],
  [{ 'a/b~c': { $gt: null } }, '/when/a~1b~0c/$gt', 'number or a string'],
  [{ a: { b: { $gt: 1 } } }, '/when/a/b/$gt', 'inside a value'],
  [{ a: { $gt: true } }, '/when/a/$gt', 'number or a string'],
  [{ a: { $exists: 1 } }, '/when/a/$exists', 'true or false'],
  [{ a: { $in: 'x' } }, '/when/a/$in', 'list'],
  [{ a: { $startsWith: 1 } }, '/when/a/$startsWith', 'string'],
  [{ a: { $regex: 5 } }, '/when/a/$regex', 'string'],
  [{ a: { $regex: '(' } }, '/when/a/$regex', 'missing closing )'],
  [{ a: { $regex: '(?=x)' } }, '/when/a/$regex', 'look-around'],
  [{ a: { $regex: '(a)\\1' } }, '/when/a/$regex', 'RE2'],
  [{ a: { $regex: 'x'.repeat(257) } }, '/when/a/$regex', '256'],
  [{ a: { $contains: 'x'.repeat(257) } }, '/when/a/$contains', 'at most 256 characters'],
  [{ $or: [{ a: { $startsWith: 'x'.repeat(257) } }] }, '/when/$or/0/a/$startsWith', 'at most 256 characters'],
  [{ a: { $not: { $endsWith: 'x'.repeat(257) } } }, '/when/a/$not/$endsWith', 'at most 256 characters'],
  [{ a: { $not: 'x' } }, '/when/a/$not', 'operators'],
  [{ $not: 'x' }, '/when/$not', 'object'],
  [{ $and: {} }, '/when/$and', 'list'],
  [{ $and: [] }, '/when/$and', 'at least one'],
  [{ $or: [] }, '/when/$or', 'at least one'],
  [{ $nor: [] }, '/when/$nor', 'at least one'],
  [{ $or: [{ a: 1 }, 5] }, '/when/$or/1', 'object'],
  [{ $or: [{}] }, '/when/$or/0', 'condition'],
  [{ 'a..b': 1 }, '/when/a..b', 'empty segments'],
  [{ '': 1 }, '/when/', 'empty segments'],
  [{ 'a.$gt': 1 }, '/when/a.$gt', 'operator'],
  [{ ['a'.repeat(201)]: 1 }, `/when/${'a'.repeat(201)}`, '200'],
  [conditions(51), '/when', '50'],
  [{ $or: [conditions(25), conditions(26)] }, '/when', '50'],
  [nested(16), `/when${'/$not'.repeat(16)}`, '16'],
];

describe('the `when` of a model', () => {
  let app: TestApp;
  let provider: Json;
  let models: string;

  beforeAll(async () => {
    app = await startTestApp();
  });
  afterAll(() => app.stop());
  beforeEach(async () => {
    provider = await createProvider(app.api);
    models = `${providerPath(provider)}/models`;
  });

  const stored = async (id: string) => {
    const sql = 'SELECT when_json FROM provider_models WHERE id = ?';
    return (await app.database.query<{ when_json: string }>(sql, [id]))[0]!.when_json;
  };
  const state = async () => [
    await app.database.query('SELECT * FROM provider_models ORDER BY id'),
    await app.database.query('SELECT revision FROM accounts ORDER BY id'),
    await app.database.query('SELECT count(*) AS events FROM audit_events'),
  ];

  it.each(VALID.map((text) => [shorten(text), text]))(
    'is stored and returned exactly as sent: %s',
    async (_rule, text) => {
      const created = await app.api.post(models, `{"model":"m","when":${text}}`);
      expect(created.status).toBe(201);
      expect(JSON.stringify(created.body.when)).toBe(text);
      expect(await stored(created.body.id)).toBe(text);
      const other = await createModel(app.api, provider.id, { when: { a: 1 } });
      const patched = await app.api.patch(modelPath(other), `{"when":${text}}`);
      expect(patched.status).toBe(200);
      expect(patched.text).toContain(`"when":${text}`);
      expect((await app.api.get(modelPath(other))).text).toContain(`"when":${text}`);
    },
  );

  it('decides about routing immediately after each change', async () => {
    const model = await createModel(app.api, provider.id, { tags: [provider.name], when: { a: { $gt: 1 } } });
    const found = async (context: Json) =>
      (await resolve(app.api, { selector: `#${provider.name}`, context })).status;
    expect([await found({ a: 2 }), await found({ a: 1 })]).toEqual([200, 404]);
    await app.api.patch(modelPath(model), { when: { a: { $lt: 2 } } });
    expect([await found({ a: 2 }), await found({ a: 1 })]).toEqual([404, 200]);
    await app.api.patch(modelPath(model), { when: null });
    expect([await found({ a: 2 }), await found({})]).toEqual([200, 200]);
  });

  it('is saved with warnings of habits from MongoDB and other gateways', async () => {
    const when = { 'metadata.plan': 'paid', user: { $ne: null } };
    const warnings = [
      expect.objectContaining({ pointer: '/when/metadata.plan', code: 'when.metadata' }),
      expect.objectContaining({ pointer: '/when/user/$ne', code: 'when.null' }),
    ];
    const created = await app.api.post(models, { model: 'warned', when });
    expect(created).toMatchObject({ status: 201, body: { when, warnings } });
    const path = modelPath(created.body);
    expect((await app.api.get(path)).body).toEqual(created.body);
    expect((await app.api.get(models)).body).toContainEqual(created.body);
    const checked = await app.api.post('/v1/resolve/check', { when, context: { plan: 'paid' } });
    expect(checked.body).toMatchObject({ matched: false, warnings });
    expect(checked.body.reason).toContain('paths start at the context');
    const changed = await app.api.patch(path, { when: { plan: 'paid' } });
    expect(changed.body).not.toHaveProperty('warnings');
    const { body: events } = await app.api.get('/v1/audit-events?limit=1');
    expect(events[0].changes).toHaveProperty('when');
    expect(events[0].changes).not.toHaveProperty('warnings');
  });

  it('looks into the objects of an array', async () => {
    const when = { 'objects.id': { $ne: 123 } };
    const model = await createModel(app.api, provider.id, { when, tags: [provider.name] });
    const found = async (...ids: number[]) => {
      const objects = ids.map((id) => ({ id }));
      const body = { selector: `#${provider.name}`, context: { objects } };
      return (await app.api.post('/v1/resolve', body)).status;
    };
    expect([await found(123, 456), await found(456), await found()]).toEqual([404, 200, 200]);
    await app.api.patch(modelPath(model), { when: { 'objects.id': 123 } });
    expect([await found(456, 123), await found(456), await found()]).toEqual([200, 404, 404]);
  });

  describe.each(['POST', 'PATCH'])('is rejected by %s', (method) => {
    const send = async (when: Json) => {
      if (method === 'POST') return app.api.post(models, { model: 'rejected', when });
      return app.api.patch(modelPath(existing), { priority: 9, when });
    };
    let existing: Json;
    beforeEach(async () => {
      existing = await createModel(app.api, provider.id, { when: { a: 1 } });
    });

    it.each(INVALID.map((each) => [shorten(JSON.stringify(each[0])), ...each] as const))(
      '%s',
      async (_rule, when, pointer, detail) => {
        const before = await state();
        const response = await send(when);
        expect(problem(response)).toEqual(invalid(pointer));
        expect(response.body.errors[0].detail).toContain(detail);
        expect(await state()).toEqual(before);
      },
    );

    it('with all errors of the rule and of other fields', async () => {
      const when = { a: { $foo: 1, $regex: '[' }, $or: [{ b: { $exists: null } }], c: { $bar: 2 } };
      const response =
        method === 'POST'
          ? await app.api.post(models, { model: '', when })
          : await app.api.patch(modelPath(existing), { model: '', when });
      expect(response.body.errors.map(({ pointer }: Json) => pointer).sort()).toEqual([
        '/model',
        '/when/$or/0/b/$exists',
        '/when/a/$foo',
        '/when/a/$regex',
        '/when/c/$bar',
      ]);
      expect(response.body.errors.map(({ code }: Json) => code)).toContain('when.operator');
    });

    it.each(['__proto__', 'constructor', 'prototype'])('with the key %s, like any body', async (key) => {
      const text = `{"model":"rejected","when":{"$and":[{"${key}":{"$eq":1}}]}}`;
      const response = await app.api.request(method, method === 'POST' ? models : modelPath(existing), text);
      expect(problem(response)).toEqual({ status: 400, code: 'body.forbidden_key' });
    });

    it('when its patterns together would take too long', async () => {
      const when = { a: { $regex: '(a{1,30}){1,30}' }, b: { $regex: '(b{1,30}){1,30}' } };
      await expectCpuTimeBelow(20, async () => expect((await send(when)).status).toBe(422));
    });
  });

  describe('that is corrupt in the database', () => {
    const CORRUPT = [
      '{"a":{"$foo":1}}',
      '{"a":',
      '',
      '[]',
      'null',
      '"x"',
      '{"a":{"$regex":"("}}',
      '{"$and":[]}',
    ];

    it.each(CORRUPT)(
      'never matches, which explain reports, and leaves other models routable: %s',
      async (text) => {
        const corrupt = await createModel(app.api, provider.id, { model: 'corrupt', tags: [provider.name] });
        const valid = await createModel(app.api, provider.id, { model: 'valid', tags: [provider.name] });
        await app.database.query('UPDATE provider_models SET when_json = ? WHERE id = ?', [text, corrupt.id]);
        await app.database.query('UPDATE accounts SET revision = revision + 1');
        const [account] = await app.database.query('SELECT revision FROM accounts');
        const headers = { 'X-Registry-Revision': String(account!['revision']) };
        const resolveAt = (selector: string) =>
          app.api.post('/v1/resolve', { selector, explain: true }, { headers });
        const byTag = await resolveAt(`#${provider.name}`);
        expect(routesOf(byTag)).toEqual([valid.selector]);
        expect(consideredIn(byTag)[corrupt.selector]).toContain('the stored rule is corrupt');
        expect(routesOf(await resolveAt('auto'))).not.toContain(corrupt.selector);
        // A selector that names the model ignores its rule.
        expect(routesOf(await resolveAt(corrupt.selector))).toEqual([corrupt.selector]);
        expect(routesOf(await resolveAt(`${provider.name}^`))).toEqual([corrupt.selector]);
      },
    );
  });
});
