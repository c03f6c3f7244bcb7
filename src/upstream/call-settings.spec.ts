import { effectiveBaseUrl } from './base-url';
import { buildCallUrl } from './call-settings';
import { buildAuthHeaders, suggestAuthScheme } from './client/auth-headers';
import { target } from './fixtures/scripted-openai';
import { listSecrets } from './upstream-target';

const urlOf = (
  baseUrl: string,
  advancedJson: Record<string, unknown>,
  kind: 'openai' | 'anthropic' = 'openai',
) => buildCallUrl(target(baseUrl, { advancedJson, kind }), '/models').href;

describe('buildCallUrl', () => {
  it.each([
    ['openai', 'https://h.example', 'https://h.example/models'],
    ['anthropic', 'https://h.example', 'https://h.example/models'],
    ['anthropic', 'https://h.example/x/v1', 'https://h.example/x/v1/models'],
  ] as const)('puts nothing behind a complete base URL (%s, %s)', (kind, baseUrl, url) => {
    expect(urlOf(baseUrl, { complete_base_url: true }, kind)).toBe(url);
    expect(effectiveBaseUrl(kind, baseUrl, true)).toBe(baseUrl);
  });

  it('asks for the list at models_path of the same origin', () => {
    expect(urlOf('https://h.example/a/v1', { models_path: '/catalog/models' })).toBe(
      'https://h.example/catalog/models',
    );
  });

  it.each([
    ['https://models.github.ai/inference', 'https://models.github.ai/catalog/models'],
    [
      'https://api.cloudflare.com/client/v4/accounts/x/ai/v1',
      'https://api.cloudflare.com/client/v4/accounts/x/ai/models/search',
    ],
  ])('knows where the list of %s is', (baseUrl, url) => {
    expect(urlOf(baseUrl, {})).toBe(url);
  });

  it.each(['https://evil.example/x', '//evil.example/x', '/../x', 'x', '/a?b', '/a#b', 5])(
    'ignores a stored models_path that validation rejects (%s)',
    (path) => {
      expect(urlOf('https://h.example/v1', { models_path: path })).toBe('https://h.example/v1/models');
    },
  );
});

describe('buildAuthHeaders', () => {
  it.each([
    ['bearer', { authorization: 'Bearer u:p' }],
    ['x-api-key', { 'x-api-key': 'u:p' }],
    ['api-key', { 'api-key': 'u:p' }],
    ['basic', { authorization: 'Basic dTpw' }],
    ['none', {}],
  ])('sends the key as %s', (auth_scheme, headers) => {
    for (const kind of ['openai', 'anthropic'] as const)
      expect(
        buildAuthHeaders(target('https://h.example', { kind, apiKey: 'u:p', advancedJson: { auth_scheme } })),
      ).toEqual(headers);
  });
});

describe('suggestAuthScheme', () => {
  it.each([
    ['https://r.openai.azure.com/openai', {}, 'api-key'],
    ['https://h.example', { 'www-authenticate': 'Basic realm="x"' }, 'basic'],
  ])('suggests what %s takes', (baseUrl, headers, scheme) => {
    expect(suggestAuthScheme(target(baseUrl), headers)).toContain(`"${scheme}"`);
    const chosen = target(baseUrl, { advancedJson: { auth_scheme: scheme } });
    expect(suggestAuthScheme(chosen, headers)).toBe('');
  });

  it('suggests nothing without a reason', () => {
    expect(suggestAuthScheme(target('https://h.example'), {})).toBe('');
  });
});

describe('listSecrets', () => {
  it('has the key, sealed headers and values that look like a credential, and nothing public', () => {
    const advancedJson = {
      extra_headers: { 'HTTP-Referer': 'https://myapp.example', 'X-Tenant': 'tenant-secret' },
      extra_query: { 'api-version': '2023-01-01-preview', sig: 'aB3dE6gH9jK2mN5pQ8sT' },
    };
    const secrets = listSecrets(target('https://h.example', { apiKey: 'the-key', advancedJson }));
    expect(secrets).toEqual(['the-key', 'tenant-secret', 'aB3dE6gH9jK2mN5pQ8sT']);
  });
});
