import {
  advancedJsonProblems,
  hasPlainSecrets,
  maskStoredSecrets,
  splitSecretHeaders,
} from './advanced-json';

const pointersOf = (value: unknown) =>
  advancedJsonProblems(value, '/advanced_json').map(({ pointer }) => pointer);
const headerPointersOf = (headers: unknown) => pointersOf({ extra_headers: headers });

describe('advancedJsonProblems', () => {
  it('accepts default parameters of any shape and the reserved keys', () => {
    const value = {
      temperature: 0.2,
      metadata: { a: [null, { b: true }] },
      extra_headers: {
        'X-Client-Team': 'blue green',
        'OpenAI-Organization': 'org-1',
        'x-custom-token': 'abc',
        'X-Empty': '',
      },
      extra_query: { 'api-version': '2024-10-21' },
      anthropic_version: '2023-06-01',
      timeout_ms: 3_600_000,
    };
    expect(advancedJsonProblems(value, '')).toEqual([]);
    expect(advancedJsonProblems({}, '')).toEqual([]);
  });

  it.each([null, [], 'text', 5, true, new Date()])('rejects %j, which is not an object', (value) => {
    expect(pointersOf(value)).toEqual(['/advanced_json']);
  });

  it.each(['model', 'messages', 'input', 'stream'])(
    'rejects %s at the top level and accepts it deeper',
    (key) => {
      expect(pointersOf({ [key]: null })).toEqual([`/advanced_json/${key}`]);
      expect(pointersOf({ metadata: { [key]: 1 } })).toEqual([]);
    },
  );

  it('accepts 64 KiB in UTF-8 and rejects one more byte', () => {
    const text = 'é'.repeat((65_536 - '{"a":""}'.length) / 2);
    expect(pointersOf({ a: text })).toEqual([]);
    expect(pointersOf({ a: `${text}x` })).toEqual(['/advanced_json']);
  });

  it('accepts 32 levels and rejects 33', () => {
    const nested = (levels: number): unknown => (levels === 1 ? {} : { a: nested(levels - 1) });
    expect(pointersOf(nested(32))).toEqual([]);
    expect(pointersOf(nested(33))).toEqual(['/advanced_json']);
    expect(pointersOf(nested(5000))).toEqual(['/advanced_json']);
  });

  it.each([
    'Authorization',
    'x-api-key',
    'API-Key',
    'Proxy-Authorization',
    'Host',
    'Connection',
    'Keep-Alive',
    'TE',
    'Trailer',
    'Transfer-Encoding',
    'Upgrade',
    'Proxy-Connection',
    'Content-Length',
    'Content-Type',
    'Content-Encoding',
    'Accept-Encoding',
  ])('rejects the header %s', (name) => {
    expect(headerPointersOf({ [name]: 'x' })).toEqual([`/advanced_json/extra_headers/${name}`]);
  });

  it.each(['', 'a b', 'a:b', 'a\r\nb', 'é', 'a"b'])('rejects %j as a header name', (name) => {
    expect(headerPointersOf({ [name]: 'x' })).toHaveLength(1);
  });

  it.each(['a\r\nX-Evil: 1', 'a\0', 'é', ' a', 'a ', '\u007f', 5, null, ['a'], {}])(
    'rejects %j as a header value',
    (value) => {
      expect(headerPointersOf({ 'X-A': value })).toEqual(['/advanced_json/extra_headers/X-A']);
    },
  );

  it('rejects two headers that differ only in case', () => {
    expect(headerPointersOf({ 'X-Client-Team': 'a', 'x-client-team': 'b' })).toEqual([
      '/advanced_json/extra_headers/x-client-team',
    ]);
  });

  it('returns every problem with an escaped pointer', () => {
    expect(pointersOf({ stream: true, extra_headers: { 'a/b~c': 'x', 'X-A': 1 }, timeout_ms: 0 })).toEqual([
      '/advanced_json/stream',
      '/advanced_json/extra_headers/a~1b~0c',
      '/advanced_json/extra_headers/X-A',
      '/advanced_json/timeout_ms',
    ]);
  });

  it.each([{ a: 1 }, { a: null }, { '': 'x' }, { a: 'b\nc' }, { 'a\0': 'b' }, [], 'a=b', null])(
    'rejects %j as extra_query',
    (query) => {
      expect(pointersOf({ extra_query: query })).toHaveLength(1);
    },
  );

  it.each([
    'key',
    'api_key',
    'api-key',
    'ApiKey',
    'access_token',
    'sig',
    'x-amz-signature',
    'client_secret',
    'password',
    'accessToken',
    'sharedAccessKey',
  ])('rejects the credential %j in extra_query', (name) => {
    expect(pointersOf({ extra_query: { [name]: 'x' } })).toEqual([`/advanced_json/extra_query/${name}`]);
  });

  it.each(['api-version', 'region', 'tokenizer', 'author', 'keyword', 'max_tokens', 'maxTokens'])(
    'accepts %j in extra_query',
    (name) => {
      expect(pointersOf({ extra_query: { [name]: 'x' } })).toEqual([]);
    },
  );

  it.each(['2023-6-1', '2023-02-30', '2023-13-01', '20230601', '2023-06-01\n', 20230601, null])(
    'rejects %j as anthropic_version',
    (version) => {
      expect(pointersOf({ anthropic_version: version })).toEqual(['/advanced_json/anthropic_version']);
    },
  );

  it.each([0, -1, 1.5, 3_600_001, '5', null, true])('rejects %j as timeout_ms', (timeout) => {
    expect(pointersOf({ timeout_ms: timeout })).toEqual(['/advanced_json/timeout_ms']);
  });

  it.each([
    ['a parameter', (key: string) => ({ [key]: 1 }), ''],
    ['a nested parameter', (key: string) => ({ a: [{ [key]: 1 }] }), '/a/0'],
    ['a header', (key: string) => ({ extra_headers: { [key]: 'x' } }), '/extra_headers'],
    ['a query parameter', (key: string) => ({ extra_query: { [key]: 'x' } }), '/extra_query'],
  ])('accepts 128 characters as the name of %s and rejects 129', (_case, create, pointer) => {
    expect(pointersOf(create('x'.repeat(128)))).toEqual([]);
    const key = 'x'.repeat(129);
    expect(advancedJsonProblems(create(key), '')).toEqual([
      expect.objectContaining({ pointer: `${pointer}/${key}`, code: 'length' }),
    ]);
  });

  it('returns at most 50 keys that are too long', () => {
    const keys = Array.from({ length: 100 }, (_, index) => [`${'x'.repeat(128)}${index}`, 1]);
    expect(pointersOf({ a: { b: Object.fromEntries(keys) } })).toHaveLength(50);
  });

  it('rejects a credential in a query parameter and in a header that is shown', () => {
    const secret = 'sk-live-1234567890';
    expect(pointersOf({ extra_query: { a: secret } })).toEqual(['/advanced_json/extra_query/a']);
    expect(headerPointersOf({ 'X-Title': secret, 'X-Client-Team': secret, 'X-Team': secret })).toEqual([
      '/advanced_json/extra_headers/X-Title',
      '/advanced_json/extra_headers/X-Client-Team',
    ]);
  });

  it('never quotes a value', () => {
    const value = {
      extra_headers: { Authorization: 'Zx9', 'X-A': 'Zx9\n' },
      extra_query: { a: 'Zx9\n' },
      anthropic_version: 'Zx9',
    };
    expect(JSON.stringify(advancedJsonProblems(value, ''))).not.toContain('Zx9');
  });
});

describe('splitSecretHeaders', () => {
  it('masks secret headers and returns their values by name', () => {
    const value = { a: 1, extra_headers: { 'X-Client-Team': 'blue', Cookie: 's=1', 'X-Token': '***' } };
    expect(splitSecretHeaders(value)).toEqual({
      masked: { a: 1, extra_headers: { 'X-Client-Team': 'blue', Cookie: '***', 'X-Token': '***' } },
      secrets: { Cookie: 's=1' },
      maskedNames: ['X-Token'],
    });
    expect(value.extra_headers.Cookie).toBe('s=1');
  });

  it('returns an object without headers unchanged', () => {
    expect(splitSecretHeaders({ a: 1 })).toEqual({ masked: { a: 1 }, secrets: {}, maskedNames: [] });
  });
});

describe('maskStoredSecrets', () => {
  it('masks secret headers and credentials in the query that an older version stored in plain text', () => {
    const stored = {
      temperature: 1,
      extra_headers: { 'X-JWT': 'one', 'X-Title': 'app', Cookie: '***' },
      extra_query: { accessToken: 'two', 'api-version': '1' },
    };
    expect(maskStoredSecrets(stored)).toEqual({
      temperature: 1,
      extra_headers: { 'X-JWT': '***', 'X-Title': 'app', Cookie: '***' },
      extra_query: { accessToken: '***', 'api-version': '1' },
    });
    expect(hasPlainSecrets(stored)).toBe(true);
    expect(hasPlainSecrets(maskStoredSecrets(stored))).toBe(false);
  });

  it.each([{}, { extra_headers: 'corrupt', extra_query: [] }, { extra_headers: { 'X-Title': 'app' } }])(
    'returns %j unchanged',
    (stored) => {
      expect(maskStoredSecrets(stored)).toEqual(stored);
    },
  );
});
