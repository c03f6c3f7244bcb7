import { maskParameterCredentials, parameterCredentialProblems } from './parameter-credentials';

const pointersOf = (value: Record<string, unknown>) =>
  parameterCredentialProblems(value, '').map(({ pointer }) => pointer);

describe('parameterCredentialProblems', () => {
  it.each([
    [{ api_key: 'x' }, '/api_key'],
    [{ apiKey: 'x' }, '/apiKey'],
    [{ key: 'x' }, '/key'],
    [{ authorization: 'Bearer x' }, '/authorization'],
    [{ aws_secret_access_key: 'x' }, '/aws_secret_access_key'],
    [{ password: 12345678 }, '/password'],
    [{ api_keys: ['x'] }, '/api_keys'],
    [{ credentials: { user: 'x' } }, '/credentials'],
    [{ headers: { Authorization: 'x' } }, '/headers/Authorization'],
    [{ default_headers: { 'X-Api-Key': 'x' } }, '/default_headers/X-Api-Key'],
    [{ query: { key: 'x' } }, '/query/key'],
    [{ metadata: { a: [{ 'b/c': { token: 'x' } }] } }, '/metadata/a/0/b~1c/token'],
    [{ extra_body: { api_key: 'x' } }, '/extra_body/api_key'],
    [{ headers: [{ name: 'X-Api-Key', value: 'x' }] }, '/headers/0/value'],
    [{ headers: [{ key: 'Authorization', value: 'x' }] }, '/headers/0/value'],
    [{ tools: [{ type: 'mcp', server_url: 'https://x', authorization: 'x' }] }, '/tools/0/authorization'],
    [{ headers: [{ name: 'a', value: 'b', key: 'x' }] }, '/headers/0/key'],
    [{ headers: [{ Name: 'Authorization', Value: 'x' }] }, '/headers/0/Value'],
    [{ headers: [{ header: 'Authorization', value: 'x' }] }, '/headers/0/value'],
    [{ public_api_key: 'x' }, '/public_api_key'],
    [{ video_token: 'x' }, '/video_token'],
    [{ api_key: { title: 'x' } }, '/api_key'],
    [{ password: { description: 'x' } }, '/password'],
    [{ properties: { api_key: 'x' } }, '/properties/api_key'],
    [{ mcp: { args: ['--api-key', 'x'] } }, '/mcp/args/1'],
    [
      { data_sources: [{ parameters: { authentication: { type: 'api_key', key: 'x' } } }] },
      '/data_sources/0/parameters/authentication',
    ],
    [{ api_key: '***' }, '/api_key'],
  ])('rejects %j', (value, pointer) => {
    expect(pointersOf(value)).toEqual([pointer]);
  });

  it.each([
    {
      max_tokens: 5,
      stop_token_ids: [1],
      prompt_cache_key: 'a',
      safety_identifier: 'a',
      logit_bias: { '1': 2 },
    },
    { session_id: 'a', user: 'a', metadata: { team: 'a' } },
    { thinking: { type: 'enabled', budget_tokens: 2000 } },
    { api_key: null, token: '', password: false, secrets: [], credentials: {} },
    { tools: [{ type: 'file_search', filters: { type: 'eq', key: 'region', value: 'eu' } }] },
    {
      tools: [
        { function: { parameters: { properties: { api_key: { type: 'string' } }, required: ['api_key'] } } },
      ],
    },
    { data_sources: [{ parameters: { authentication: { type: 'system_assigned_managed_identity' } } }] },
    { extra_headers: { 'X-Token': 'sealed' }, extra_query: { a: 'b' } },
    { api_key: '<key>', token: 5, image_token: '<image>', mcp: { args: ['--max-tokens', '5'] } },
  ])('accepts %j', (value) => {
    expect(pointersOf(value)).toEqual([]);
  });

  it('returns at most 50 problems, and fewer if their pointers are long', () => {
    const credentials = Object.fromEntries(
      Array.from({ length: 1900 }, (_, index) => [`a${index}_key`, 'x']),
    );
    expect(parameterCredentialProblems(credentials, '/advanced_json')).toHaveLength(50);
    const nested = { ['a'.repeat(30_000)]: credentials };
    expect(parameterCredentialProblems(nested, '/advanced_json')).toHaveLength(1);
  });
});

describe('maskParameterCredentials', () => {
  it('masks every credential and nothing else', () => {
    const value = { temperature: 1, api_key: 'x', list: [{ token: 'x', a: 1 }], extra_query: { key: 'x' } };
    expect(maskParameterCredentials(value, '***')).toEqual({
      temperature: 1,
      api_key: '***',
      list: [{ token: '***', a: 1 }],
      extra_query: { key: 'x' },
    });
  });

  it('returns an object without credentials itself', () => {
    const value = { a: { b: [1, { c: 2 }] } };
    expect(maskParameterCredentials(value, '***')).toBe(value);
  });
});
