import { isCredentialName, isSecretHeader } from './secret-names';

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
  ])('returns false for %s', (name) => {
    expect(isSecretHeader(name)).toBe(false);
  });
});

describe('isCredentialName', () => {
  it.each([
    'accessToken',
    'AccessToken',
    'ACCESS_TOKEN',
    'accesstoken',
    'access.token',
    'access token',
    'token[]',
    'token2',
    'IDToken',
    'subscriptionKey',
    'subscription-key',
    'clientSecret',
    'sessionToken',
    'authToken',
    'sharedAccessKey',
    'SharedAccessSignature',
    'x-amz-signature',
    'apiKey',
    'APIKey',
    'APIKEY',
    'oauth2',
    'userPassword',
    'x-jwt',
    'ｔｏｋｅｎ',
  ])('returns true for %s', (name) => {
    expect(isCredentialName(name)).toBe(true);
  });

  it.each([
    'maxTokens',
    'max_tokens',
    'maxCompletionTokens',
    'tokenizer',
    'tokenise',
    'api-version',
    'apiVersion',
    'author',
    'keyword',
    'monkey',
    'secretary',
    'signal',
    'compass',
    'constructor',
  ])('returns false for %s', (name) => {
    expect(isCredentialName(name)).toBe(false);
  });
});
