import { type DomainError } from '../../common/domain-error';
import { type EgressConfig, parseEgressAllow } from '../../config/egress-allow';
import { normaliseBaseUrl } from '../base-url';
import internalUrls from '../fixtures/internal-urls.json';
import { EgressPolicy } from './egress-policy';

function policy(
  mode: EgressConfig['mode'],
  allow = '',
  ownEndpoints: EgressConfig['ownEndpoints'] = [],
): EgressPolicy {
  return new EgressPolicy({ mode, allow: allow ? parseEgressAllow(allow) : [], proxy: null, ownEndpoints });
}

/** Returns `permitted` or the code of the error. */
function save(egress: EgressPolicy, raw: string): string {
  return check(() => egress.checkAtSave(new URL(normaliseBaseUrl(raw))));
}

function check(act: () => void): string {
  try {
    act();
    return 'permitted';
  } catch (error) {
    return (error as DomainError).code;
  }
}

describe('EgressPolicy in strict mode', () => {
  const strict = policy('strict', '127.0.0.1:80,localhost:80');

  it.each(internalUrls)('denies %s', (raw) => {
    expect(save(strict, raw)).toBe('egress_denied');
  });

  it.each([
    'https://api.openai.com/v1',
    'https://[2606:4700::1111]/v1',
    'http://1.1.1.1',
    'https://internal.example',
    'https://does-not-resolve.example',
  ])('permits %s', (raw) => {
    expect(save(strict, raw)).toBe('permitted');
  });

  it.each([
    '2001::1',
    '2001:1ff:ffff::1',
    '2001:db8::1',
    '2002::1',
    '3fff::1',
    '3fff:fff::1',
    '1fff::1',
    '4000::1',
    '64:ff9b::8.8.8.8',
    '::ffff:8.8.8.8',
    'fe80::1%eth0',
    'not an address',
    '',
  ])('denies the address %j', (address) => {
    expect(check(() => strict.checkAddress(address, 443, 'h.example'))).toBe('egress_denied');
  });

  it.each(['2001:200::1', '2606:4700::1111', '3ffe::1', '8.8.8.8'])('permits the address %s', (address) => {
    expect(check(() => strict.checkAddress(address, 443, 'h.example'))).toBe('permitted');
  });

  it('names the field in its error, but not the address', () => {
    expect(() => strict.checkAtSave(new URL('http://10.1.2.3'))).toThrow(
      expect.objectContaining({
        kind: 'invalid',
        errors: [expect.objectContaining({ pointer: '/base_url' })],
        detail: expect.not.stringContaining('10.1.2.3'),
      }),
    );
  });
});

describe('EgressPolicy in allow mode', () => {
  const allow = policy(
    'allow',
    '127.0.0.1:8000,[fd00::1]:8000,10.0.0.0/8:8000,vllm:8000,*.svc:8000,169.254.0.0/16:80',
  );

  it.each([
    'http://127.0.0.1:8000',
    'http://0x7f.1:8000',
    'http://[fd00::1]:8000',
    'http://10.255.0.1:8000',
    'http://vllm:8000',
    'http://llm.default.svc:8000',
    'https://api.openai.com/v1',
  ])('permits the listed destination %s', (raw) => {
    expect(save(allow, raw)).toBe('permitted');
  });

  it.each([
    'http://127.0.0.1:8001',
    'http://127.0.0.1',
    'http://127.0.0.2:8000',
    'http://[fd00::2]:8000',
    'http://192.168.0.1:8000',
    'http://vllm:8001',
    'http://svc:8000',
    'http://vllm2:8000',
    'http://localhost:8000',
  ])('denies the unlisted destination %s', (raw) => {
    expect(save(allow, raw)).toBe('egress_denied');
  });

  it('permits a metadata address only as a literal, never by a network or a name', () => {
    expect(save(allow, 'http://169.254.169.254')).toBe('egress_denied');
    expect(save(policy('allow', '169.254.169.254:80'), 'http://169.254.169.254')).toBe('permitted');
    const named = policy('allow', 'metadata.google.internal:80');
    expect(check(() => named.checkAddress('169.254.169.254', 80, 'metadata.google.internal'))).toBe(
      'egress_denied',
    );
  });

  it('permits a listed name to resolve to a private address on its port', () => {
    expect(check(() => allow.checkAddress('192.168.0.9', 8000, 'vllm'))).toBe('permitted');
    expect(check(() => allow.checkAddress('192.168.0.9', 8001, 'vllm'))).toBe('egress_denied');
    expect(check(() => allow.checkAddress('192.168.0.9', 8000, 'other.example'))).toBe('egress_denied');
  });
});

describe('EgressPolicy in local mode', () => {
  const local = policy('local');

  it.each([
    'http://localhost:11434',
    'http://127.0.0.1:8000/v1',
    'http://[::1]:1024',
    'http://192.168.1.5:8080',
    'http://[fd12::1]:8000',
    'http://host.docker.internal:11434',
    'http://ollama:11434',
    'http://nas.local:8080',
    'https://api.openai.com/v1',
  ])('permits %s', (raw) => {
    expect(save(local, raw)).toBe('permitted');
  });

  it.each([
    'http://localhost',
    'http://127.0.0.1',
    'http://127.0.0.1:1023',
    'http://ollama',
    'http://host.docker.internal',
    'http://10.0.0.1:443',
    'http://169.254.169.254:8080',
    'http://100.100.100.200:8080',
    'http://[fd00:ec2::254]:8080',
    'http://[fe80::1]:8080',
    'http://0.0.0.0:8080',
    'http://224.0.0.1:8080',
    'http://[::ffff:127.0.0.1]:8080',
    'http://metadata.google.internal:8080',
    'http://100.64.0.1:8080',
  ])('denies %s', (raw) => {
    expect(save(local, raw)).toBe('egress_denied');
  });
});

describe("EgressPolicy and the service's own endpoints", () => {
  it.each([
    ['127.0.0.1', 'http://127.0.0.1:3000'],
    ['127.0.0.1', 'http://127.9.9.9:3000'],
    ['127.0.0.1', 'http://[::1]:3000'],
    ['127.0.0.1', 'http://localhost:3000'],
    ['0.0.0.0', 'http://foo.localhost:3000'],
    ['0.0.0.0', 'http://127.0.0.1:3000'],
    ['::', 'http://[::1]:3000'],
    ['localhost', 'http://127.0.0.1:3000'],
    ['[::1]', 'http://localhost:3000'],
    ['10.0.0.7', 'http://10.0.0.7:3000'],
    ['34.1.2.3', 'http://34.1.2.3:3000'],
    ['db.example', 'http://DB.example:3000'],
  ])('denies %s as %s', (host, raw) => {
    expect(save(policy('local', 'localhost:3000', [{ host, port: 3000 }]), raw)).toBe('egress_denied');
  });

  it('permits other ports and a listed literal', () => {
    const own = [{ host: '127.0.0.1', port: 3000 }];
    expect(save(policy('local', '', own), 'http://127.0.0.1:3001')).toBe('permitted');
    expect(save(policy('allow', '127.0.0.1:3000', own), 'http://127.0.0.1:3000')).toBe('permitted');
    expect(save(policy('allow', '127.0.0.0/8:3000', own), 'http://127.0.0.1:3000')).toBe('egress_denied');
  });

  it('denies an address that an own name resolves to', () => {
    const egress = policy('local', '', [{ host: 'db.example', port: 3306 }]);
    expect(egress.listOwnNames(3306)).toEqual(['db.example']);
    expect(egress.listOwnNames(3307)).toEqual([]);
    expect(check(() => egress.checkNotOwn('10.0.0.7', 3306, ['10.0.0.7']))).toBe('egress_denied');
    expect(check(() => egress.checkNotOwn('10.0.0.8', 3306, ['10.0.0.7']))).toBe('permitted');
  });
});
