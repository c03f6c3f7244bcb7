import { DomainError } from '../common/domain-error';
import { buildEndpointUrl, normaliseBaseUrl, originOf } from './base-url';

describe('buildEndpointUrl', () => {
  it.each([
    ['http://h.example', 'http://h.example/v1/models', 'http://h.example/v1/messages'],
    ['http://h.example/', 'http://h.example/v1/models', 'http://h.example/v1/messages'],
    ['http://h.example/v1', 'http://h.example/v1/models', 'http://h.example/v1/messages'],
    ['http://h.example/v1/', 'http://h.example/v1/models', 'http://h.example/v1/messages'],
    ['http://h.example/v1//', 'http://h.example/v1/models', 'http://h.example/v1/messages'],
    ['http://h.example/proxy/v1', 'http://h.example/proxy/v1/models', 'http://h.example/proxy/v1/messages'],
    ['http://h.example/proxy/v1/', 'http://h.example/proxy/v1/models', 'http://h.example/proxy/v1/messages'],
  ])('adds exactly one version segment to %s', (baseUrl, models, messages) => {
    expect(buildEndpointUrl('openai', baseUrl, '/models').href).toBe(models);
    expect(buildEndpointUrl('anthropic', baseUrl, '/models').href).toBe(models);
    expect(buildEndpointUrl('anthropic', baseUrl, '/messages').href).toBe(messages);
    expect(buildEndpointUrl('openai', baseUrl, '/responses').href).toBe(
      messages.replace('messages', 'responses'),
    );
  });

  it.each(['/openai/v1', '/v1beta/openai', '/custom'])(
    'treats the path %s as complete for openai',
    (path) => {
      expect(buildEndpointUrl('openai', `https://h.example${path}`, '/models').pathname).toBe(
        `${path}/models`,
      );
    },
  );

  it('adds the version to any path for anthropic', () => {
    expect(buildEndpointUrl('anthropic', 'https://h.example/custom', '/messages').pathname).toBe(
      '/custom/v1/messages',
    );
  });

  it('uses the base URL of the vendor by default', () => {
    expect(buildEndpointUrl('openai', null, '/models').href).toBe('https://api.openai.com/v1/models');
    expect(buildEndpointUrl('anthropic', null, '/messages').href).toBe(
      'https://api.anthropic.com/v1/messages',
    );
    expect(originOf('openai', null)).toBe('https://api.openai.com');
    expect(originOf('anthropic', 'https://H.example:443/x')).toBe('https://h.example');
  });

  it('rejects a stored URL that validation would reject', () => {
    expect(() => buildEndpointUrl('openai', 'http://user:pass@h.example', '/models')).toThrow(DomainError);
  });
});

describe('normaliseBaseUrl', () => {
  it.each([
    ['HTTPS://API.OpenAI.com:443/v1/', 'https://api.openai.com/v1'],
    ['http://h.example./', 'http://h.example'],
    ['http://h.example:8080/a/../b', 'http://h.example:8080/b'],
    ['https://bücher.example', 'https://xn--bcher-kva.example'],
    ['https://[2606:4700:0:0::1111]/v1', 'https://[2606:4700::1111]/v1'],
    ['http://my_service:8000', 'http://my_service:8000'],
    ['http://2130706433', 'http://127.0.0.1'],
    [`http://${'a'.repeat(63)}.example`, `http://${'a'.repeat(63)}.example`],
  ])('normalises %s to %s', (raw, expected) => {
    expect(normaliseBaseUrl(raw)).toBe(expected);
    expect(normaliseBaseUrl(expected)).toBe(expected);
  });

  const host254 = `${'a'.repeat(63)}.`.repeat(3) + 'b'.repeat(62);
  it.each([
    ['http://1.1.1.1@127.0.0.1', 'userinfo'],
    ['http://user:pass@example.com', 'userinfo'],
    ['http://@example.com', 'userinfo'],
    ['http://example.com%23@127.0.0.1', 'userinfo'],
    ['http://example.com\\@127.0.0.1', 'pattern'],
    ['http:\\\\127.0.0.1\\', 'pattern'],
    ['http://exa\tmple.com', 'pattern'],
    ['http://exa\nmple.com', 'pattern'],
    [' http://example.com', 'pattern'],
    ['http://example.com ', 'pattern'],
    ['http://exam\u00adple.com', 'pattern'],
    ['http://example.com/\u0000', 'pattern'],
    ['http:127.0.0.1', 'format'],
    ['http:/127.0.0.1', 'format'],
    ['//127.0.0.1', 'format'],
    ['127.0.0.1', 'format'],
    ['', 'format'],
    ['http://', 'format'],
    ['http:///x', 'format'],
    ['http://example.com:99999', 'format'],
    ['http://256.256.256.256', 'format'],
    ['http://0x100000000', 'format'],
    ['http://[fe80::1%25eth0]', 'format'],
    ['http://[::1', 'format'],
    ['file:///etc/passwd', 'format'],
    ['gopher://example.com', 'format'],
    ['data:text/plain,x', 'format'],
    ['javascript:alert(1)', 'format'],
    ['ws://example.com', 'format'],
    ['unix:/var/run/docker.sock', 'format'],
    ['http://example.com:0', 'invalid_port'],
    ['http://a..b', 'invalid_host'],
    ['http://.a', 'invalid_host'],
    ['http://a..', 'invalid_host'],
    ['http://-a.example', 'invalid_host'],
    ['http://a*b.example', 'invalid_host'],
    [`http://${'a'.repeat(64)}.example`, 'invalid_host'],
    [`http://${host254}`, 'invalid_host'],
    [`http://example.com/${'a'.repeat(2049 - 'http://example.com/'.length)}`, 'length'],
    [`http://example.com/${'é'.repeat(1000)}`, 'length'],
    ['http://example.com?x=1', 'query'],
    ['http://example.com/?', 'query'],
    ['http://example.com#f', 'fragment'],
    ['http://example.com/#', 'fragment'],
  ])('rejects %j: %s', (raw, code) => {
    expect(() => normaliseBaseUrl(raw)).toThrow(
      expect.objectContaining({
        kind: 'invalid',
        errors: [expect.objectContaining({ pointer: '/base_url', code })],
      }),
    );
  });
});
