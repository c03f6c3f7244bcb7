import { startTestApp, type TestApp } from '../../support/app/app';
import { issueToken } from '../../support/clients/accounts';
import type { Json } from '../../support/clients/api-client';
import { expectCpuTimeBelow } from '../../support/pace';
import { createModel, createProvider, problem } from '../../support/registry/factories';
import { resolve } from '../../support/registry/routing';

/** A rule, a context that matches or null, a context that does not match, and the reason. */
const OPERATORS: [string, Json, Json, Json, string][] = [
  ['equality', { a: 'x' }, { a: 'x' }, { a: 'X' }, '/a expected "x", got "X"'],
  ['equality with null', { a: null }, { a: null }, {}, '/a expected null, got nothing'],
  [
    '$eq',
    { a: { $eq: { x: [1, 2] } } },
    { a: { x: [1, 2] } },
    { a: { x: [2, 1] } },
    '/a expected {"x":[1,2]}',
  ],
  ['$ne', { a: { $ne: 'x' } }, {}, { a: ['x'] }, '/a expected anything but "x", got ["x"]'],
  ['$gt', { a: { $gt: 4 } }, { a: 4.5 }, { a: '5' }, '/a expected more than 4, got "5"'],
  ['$gte', { a: { $gte: 'b' } }, { a: 'b' }, { a: 'B' }, '/a expected at least "b", got "B"'],
  ['$lt', { a: { $lt: 4 } }, { a: -1 }, {}, '/a expected less than 4, got nothing'],
  ['$lte', { a: { $lte: 4 } }, { a: 4 }, { a: 4.000001 }, '/a expected at most 4, got 4.000001'],
  ['$in', { a: { $in: [1, 'b'] } }, { a: 'b' }, { a: '1' }, '/a expected one of [1,"b"], got "1"'],
  ['$in with no values', { a: { $in: [] } }, null, { a: 1 }, '/a expected one of [], got 1'],
  ['$nin', { a: { $nin: [1, 2] } }, {}, { a: 2 }, '/a expected none of [1,2], got 2'],
  ['$exists', { a: { $exists: true } }, { a: null }, {}, '/a expected any value, got nothing'],
  ['$exists: false', { a: { $exists: false } }, {}, { a: null }, '/a expected no value, got null'],
  ['$contains in text', { a: { $contains: 'b' } }, { a: 'abc' }, { a: 'ABC' }, 'a value that contains "b"'],
  [
    '$contains in a list',
    { a: { $contains: 'b' } },
    { a: ['b'] },
    { a: ['abc'] },
    'contains "b", got ["abc"]',
  ],
  ['$startsWith', { a: { $startsWith: 'gpt' } }, { a: 'gpt-4' }, { a: 'GPT-4' }, 'starts with "gpt"'],
  ['$endsWith', { a: { $endsWith: '4' } }, { a: 'gpt-4' }, { a: 4 }, 'ends with "4", got 4'],
  [
    '$regex',
    { a: { $regex: '(?i)^b' } },
    { a: 'Bx' },
    { a: 'ab' },
    '/a expected a match for "(?i)^b", got "ab"',
  ],
  ['$not under a path', { a: { $not: { $gt: 5 } } }, {}, { a: 6 }, '/a expected not {"$gt":5}, got 6'],
  ['$not on top', { $not: { a: 1, b: 2 } }, { a: 1 }, { a: 1, b: 2 }, 'expected {"a":1,"b":2} not to match'],
  ['$and', { $and: [{ a: 1 }, { b: 2 }] }, { a: 1, b: 2 }, { a: 1 }, '/b expected 2, got nothing'],
  [
    '$or',
    { $or: [{ a: 1 }, { b: 2 }] },
    { b: 2 },
    { b: 3 },
    'none of the 2 rules in $or matches: /a expected 1',
  ],
  [
    '$nor',
    { $nor: [{ a: 1 }, { b: 2 }] },
    {},
    { b: 2 },
    'expected no rule in $nor to match, but {"b":2} matches',
  ],
  [
    'a dotted path',
    { 'u.t.0': 'x' },
    { u: { t: ['x'] } },
    { 'u.t.0': 'x' },
    '/u/t/0 expected "x", got nothing',
  ],
  [
    'several paths',
    { a: 1, b: { $gt: 1, $lt: 3 } },
    { a: 1, b: 2 },
    { a: 1, b: 3 },
    '/b expected less than 3',
  ],
];

describe('POST /v1/resolve/check', () => {
  let app: TestApp;

  beforeAll(async () => {
    app = await startTestApp();
  });
  afterAll(() => app.stop());

  const check = (when: unknown, context: unknown) => app.api.post('/v1/resolve/check', { when, context });

  it.each(OPERATORS)('evaluates and explains %s', async (_name, when, matching, other, reason) => {
    if (matching) expect((await check(when, matching)).body).toMatchObject({ matched: true, reason: null });
    const response = await check(when, other);
    expect(response.status).toBe(200);
    expect(response.body).toMatchObject({ matched: false, reason: expect.stringContaining(reason) });
  });

  it('always matches {}', async () => {
    expect((await check({}, {})).body).toEqual({ matched: true, reason: null });
    expect((await check({}, { a: 1 })).body).toEqual({ matched: true, reason: null });
  });

  it.each<[Json, Json, boolean]>([
    [{ a: 1 }, { a: [1, 2] }, true],
    [{ a: [1, 2] }, { a: [[1, 2]] }, false],
    [{ a: { x: 1, y: 2 } }, { a: { y: 2, x: 1 } }, true],
    [{ a: { x: 1 } }, { a: { x: 1, y: 2 } }, false],
    [{ a: 0 }, { a: false }, false],
    [{ a: 0 }, { a: -0 }, true],
    [{ a: 1 }, { a: '1' }, false],
    [{ a: '' }, { a: null }, false],
    [{ 'a.length': 1 }, { a: ['x'] }, false],
    [{ 'a.length': 1 }, { a: 'x' }, false],
    [{ 'a.0': 'x' }, { a: 'xyz' }, false],
    [{ 'a.00': 'x' }, { a: ['x'] }, false],
    [{ 'a.b': { $ne: 1 } }, { a: 5 }, true],
    [{ a: { $gt: 1 } }, { a: [0, 2] }, true],
    [{ a: { $regex: '^é$' } }, { a: 'e\u0301' }, false],
    [{ a: { $regex: '.' } }, { a: '😀' }, true],
  ])('evaluates %j in %j: %s', async (when, context, matched) => {
    expect((await check(when, context)).body.matched).toBe(matched);
  });

  describe('ignores inherited properties', () => {
    const PATHS = [
      'toString',
      'valueOf',
      'hasOwnProperty',
      'a.constructor',
      'constructor.name',
      '__proto__.a',
    ];

    it.each(PATHS)('%s', async (path) => {
      for (const context of [{}, { a: {} }, { a: [] }, { a: 'x' }]) {
        expect((await check({ [path]: { $exists: false } }, context)).body.matched).toBe(true);
        expect((await check({ [path]: { $exists: true } }, context)).body).toEqual({
          matched: false,
          reason: expect.stringContaining('got nothing'),
        });
      }
    });

    it('but not own properties of the same name', async () => {
      const body = '{"when":{"toString":1,"a.valueOf":2},"context":{"toString":1,"a":{"valueOf":2}}}';
      expect((await app.api.post('/v1/resolve/check', body)).body.matched).toBe(true);
    });

    it.each(['__proto__', 'constructor', 'prototype'])('and rejects the key %s', async (key) => {
      for (const body of [
        `{"when":{},"context":{"${key}":{"admin":true}}}`,
        `{"when":{},"context":{"a":[{"${key}":1}]}}`,
        `{"when":{"${key}":1},"context":{}}`,
      ]) {
        const response = await app.api.post('/v1/resolve/check', body);
        expect(problem(response)).toEqual({ status: 400, code: 'body.forbidden_key' });
      }
    });
  });

  describe('returns 422', () => {
    it.each<[string, Json, string[]]>([
      ['without a rule', { context: {} }, ['/when']],
      ['without a context', { when: {} }, ['/context']],
      ['with an empty body', {}, ['/context', '/when']],
      ['with null as the rule', { when: null, context: {} }, ['/when']],
      ['with a list as the rule', { when: [{ a: 1 }], context: {} }, ['/when']],
      ['with text as the context', { when: {}, context: 'x' }, ['/context']],
      ['with a list as the context', { when: {}, context: [] }, ['/context']],
      ['with null as the context', { when: {}, context: null }, ['/context']],
      ['with an unknown field', { when: {}, context: {}, explain: true }, ['/explain']],
      [
        'with an invalid rule',
        { when: { $and: [{ a: 1 }, { tier: { $foo: 1 } }], b: { $regex: '(' } }, context: {} },
        ['/when/$and/1/tier/$foo', '/when/b/$regex'],
      ],
    ])('%s', async (_what, body, pointers) => {
      const response = await app.api.post('/v1/resolve/check', body);
      expect(response).toMatchObject({ status: 422, body: { code: 'validation.failed' } });
      expect(response.body.errors.map(({ pointer }: Json) => pointer).sort()).toEqual(pointers);
    });
  });

  it('truncates quoted values', async () => {
    const { body } = await check({ a: 'x'.repeat(5000) }, { a: 'y'.repeat(5000) });
    expect(body.reason.length).toBeLessThan(300);
    expect((await check({ a: { $in: [{ b: 1 }] } }, { a: '😀'.repeat(100) })).status).toBe(200);
  });

  it('evaluates a pattern that needs exponential backtracking elsewhere in linear time', async () => {
    await expectCpuTimeBelow(20, async () => {
      const { body } = await check({ a: { $regex: '^(a+)+$' } }, { a: `${'a'.repeat(2000)}b` });
      expect(body.matched).toBe(false);
    });
  });

  it.each(['$contains', '$startsWith', '$endsWith'])(
    'limits the operand and the text of %s',
    async (operator) => {
      const text = 'é'.repeat(256);
      expect((await check({ a: { [operator]: text } }, { a: text.repeat(32) })).body.matched).toBe(true);
      expect((await check({ a: { [operator]: text } }, { a: `${text.repeat(32)}é` })).body).toEqual({
        matched: false,
        reason: expect.stringContaining(`(8193 characters; ${operator} tests at most 8192)`),
      });
      const { status, body } = await check({ a: { [operator]: `${text}é` } }, { a: text });
      expect([status, body.code, body.errors[0].code]).toEqual([422, 'validation.failed', 'length']);
    },
  );

  it('says that a text is too long for $regex', async () => {
    const { body } = await check({ a: { $regex: 'a' } }, { a: 'a'.repeat(2049) });
    expect(body).toEqual({ matched: false, reason: expect.stringContaining('2049 characters') });
  });

  it('gives the same reason as resolve and saves nothing', async () => {
    const when = { 'user.tier': { $in: ['pro'] } };
    const context = { user: { tier: 'free' } };
    const state = async () => [
      await app.database.query('SELECT revision FROM accounts'),
      await app.database.query('SELECT count(*) AS count FROM provider_models'),
    ];
    const { id } = await createProvider(app.api, { name: 'p' });
    await createModel(app.api, id, { tags: ['t'], when });
    const before = await state();
    const { reason } = (await check(when, context)).body;
    expect(await state()).toEqual(before);
    const response = await resolve(app.api, { selector: '#t', context });
    expect(response.body.detail).toContain(`(when: ${reason})`);
  });

  it('requires the scope providers:read', async () => {
    const { api } = await issueToken(app, ['providers:read']);
    const { api: without } = await issueToken(app, ['gateway:use']);
    const body = { when: {}, context: {} };
    expect((await api.post('/v1/resolve/check', body)).status).toBe(200);
    expect((await without.post('/v1/resolve/check', body)).status).toBe(403);
    expect(problem(await without.post('/v1/resolve', {}))).toMatchObject({ status: 403 });
  });
});
