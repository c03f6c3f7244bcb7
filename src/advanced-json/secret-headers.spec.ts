import { isSecretHeader } from './secret-headers';

describe('isSecretHeader', () => {
  it.each([
    'Cookie',
    'X-Auth',
    'X-Goog-Token',
    'X-JWT',
    'X-Signature',
    'X-Session-Id',
    'X-Pass',
    'X-Bearer',
    'X-Team',
    'anthropic-version',
    'X-Client',
    'X-Client-Secret',
    'X-Client-Token',
    'X-Client-Api-Key',
    'x-client-apikey',
    'X-Client-Session-Id',
    'X-Client-Authorization',
    'constructor',
  ])('returns true for %s', (name) => {
    expect(isSecretHeader(name)).toBe(true);
  });

  it.each([
    'HTTP-Referer',
    'referer',
    'X-Title',
    'User-Agent',
    'anthropic-beta',
    'OpenAI-Beta',
    'OpenAI-Organization',
    'openai-project',
    'Accept-Language',
    'X-Client-Name',
    'X-Client-Team',
    'x-client-request-id',
    'X-Client-Version',
  ])('returns false for %s', (name) => {
    expect(isSecretHeader(name)).toBe(false);
  });
});
