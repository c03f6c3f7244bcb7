import { isCredentialValue } from './credential-values';
import { maskParameterCredentials, parameterCredentialProblems } from './parameter-credentials';

/** Composed, because scanners of source code report complete keys. */
const CREDENTIALS = [
  'sk-live-1234567890',
  'sk-proj-abcdef',
  'sk-ant-api03-abcdef',
  'sk_live_abcdef',
  'sk-abcdefghijklmnopqrstuvwx',
  'gsk_0123456789',
  'xai-0123456789',
  'hf_aBcDeF0123',
  'nvapi-0123456789',
  'pk-lf-0123456789abc',
  'AIzaSyA0123456789',
  `ghp_${'a1'.repeat(18)}`,
  `github_pat_${'a1'.repeat(20)}`,
  `glpat-${'a1'.repeat(10)}`,
  `xoxb-${'1'.repeat(12)}`,
  `AKIA${'A1'.repeat(8)}`,
  `eyJ${'a'.repeat(20)}.eyJ${'b'.repeat(20)}.c`,
  '-----BEGIN RSA PRIVATE KEY-----\nabc',
  'Bearer a1b2c3d4',
  'Basic dXNlcjpwYXNzd29yZA==',
  'Authorization: Bearer abcdefghijklmnopqrst',
  'OPENAI_API_KEY=sk-live-1234567890',
  'DB_PASSWORD=hunter2',
  '--api-key=hunter2',
  'https://mcp.example.com/sse?team=a&token=hunter2',
  'postgres://user:hunter2@db/x',
  'the key is sk-live-1234567890.',
];
const TEXTS = [
  '',
  'sk-SK',
  'sk-learn',
  'task-sk-1',
  'risk-1234567890',
  'SK-2024-000001',
  'pk_1234',
  'hf-internal-testing/tiny-random-gpt2',
  'xai-org/grok-1',
  'Basic English',
  'the bearer of this message',
  'Bearer token authentication',
  'PATH=/usr/bin',
  'MAX_TOKENS=5',
  'API_KEY=',
  '--max-tokens=5',
  'https://example.com/a?page=2&max_tokens=5',
  'https://example.com:8080/a@b',
  'see https://example.com/?token=a for details',
  '-----BEGIN PUBLIC KEY-----',
  'data:image/png;base64,iVBORw0KGgo=',
];

describe('isCredentialValue', () => {
  it.each(CREDENTIALS)('returns true for %j', (text) => {
    expect(isCredentialValue(text)).toBe(true);
  });

  it.each(TEXTS)('returns false for %j', (text) => {
    expect(isCredentialValue(text)).toBe(false);
  });
});

describe('parameterCredentialProblems', () => {
  it.each([
    [(text: string) => ({ a: text }), '/a'],
    [(text: string) => ({ metadata: { session_id: text } }), '/metadata/session_id'],
    [(text: string) => ({ session_id: text }), '/session_id'],
    [(text: string) => ({ stop: ['a', text] }), '/stop/1'],
    [(text: string) => ({ mcp: { args: ['-y', text] } }), '/mcp/args/1'],
    [(text: string) => ({ filter: { type: 'eq', key: text, value: 'a' } }), '/filter/key'],
    [(text: string) => ({ filter: { type: 'eq', key: 'a', value: text } }), '/filter/value'],
    [(text: string) => ({ api_key: { type: text } }), '/api_key/type'],
    [
      (text: string) => ({ schema: { properties: { a: { default: text } } } }),
      '/schema/properties/a/default',
    ],
    [
      (text: string) => ({ schema: { $defs: { a: { properties: { b: { enum: [text] } } } } } }),
      '/schema/$defs/a/properties/b/enum/0',
    ],
    [(text: string) => ({ input_examples: [{ a: text }] }), '/input_examples/0/a'],
  ])('rejects %s', (create, pointer) => {
    for (const text of CREDENTIALS) {
      const pointers = parameterCredentialProblems(create(text), '').map((problem) => problem.pointer);
      expect(pointers).toEqual([pointer]);
      expect(JSON.stringify(maskParameterCredentials(create(text), '***'))).toBe(
        JSON.stringify(create('***')),
      );
    }
    for (const text of TEXTS) expect(parameterCredentialProblems(create(text), '')).toEqual([]);
  });
});
