import { Socket } from 'node:net';
import fc from 'fast-check';
import { type DomainError } from '../../common/domain-error';
import { parseUrl } from '../../common/parse-url';
import { type EgressConfig } from '../../config/egress-allow';
import { buildEndpointUrl, normaliseBaseUrl } from '../base-url';
import {
  formatIpv6,
  deniedIpv4,
  deniedIpv6,
  neverIpv4,
  publicIpv4,
  publicIpv6,
} from '../fixtures/address-arbitraries';
import { resolveTo, createClient, closeAll, sendGet } from '../fixtures/loopback-upstream';
import {
  ipv4Spelling,
  ipv6Spelling,
  plainUrl,
  trickyUrl,
  wrappedSpelling,
} from '../fixtures/spelling-arbitraries';
import { EgressPolicy } from './egress-policy';

const RUNS = { numRuns: 2000 };
/** Fewer runs, because each use is a call. */
const USES = { numRuns: 400 };

const anyDenied = fc.oneof(ipv4Spelling(deniedIpv4), wrappedSpelling(deniedIpv4), ipv6Spelling(deniedIpv6));

function policy(mode: EgressConfig['mode']): EgressPolicy {
  return new EgressPolicy({ mode, allow: [], proxy: null, ownEndpoints: [] });
}

/** Returns `permitted` or the code of the error. */
function save(egress: EgressPolicy, raw: string): string {
  try {
    egress.checkAtSave(new URL(normaliseBaseUrl(raw)));
    return 'permitted';
  } catch (error) {
    return (error as DomainError).code;
  }
}

let connects: jest.SpyInstance;
beforeEach(() => (connects = jest.spyOn(Socket.prototype, 'connect')));
afterEach(async () => {
  connects.mockRestore();
  await closeAll();
});

describe('EgressPolicy and a denied address in any spelling', () => {
  const strict = policy('strict');

  it('denies it when it is saved', () => {
    fc.assert(
      fc.property(plainUrl(anyDenied), (raw) => expect(save(strict, raw)).toBe('egress_denied')),
      RUNS,
    );
  });

  it('rejects a URL in which two parsers may read two hosts', () => {
    fc.assert(
      fc.property(trickyUrl(anyDenied), (raw) => expect(save(strict, raw)).toBe('validation.failed')),
      RUNS,
    );
  });

  it('denies it when a stored URL is used, without a connection', async () => {
    const http = createClient({ mode: 'strict' }, { connectTimeoutMs: 1, resolve: resolveTo('8.8.8.8') });
    await fc.assert(
      fc.asyncProperty(fc.oneof(plainUrl(anyDenied), trickyUrl(anyDenied)), async (raw) => {
        const use = async () => sendGet(http, buildEndpointUrl('openai', raw, '/models').href);
        await expect(use()).rejects.toMatchObject({
          code: expect.stringMatching(/egress_denied|validation\.failed/),
        });
      }),
      USES,
    );
    expect(connects).not.toHaveBeenCalled();
  });

  it('denies it in the connector, without the checks before it', async () => {
    const http = createClient({ mode: 'strict' }, { connectTimeoutMs: 1, resolve: resolveTo('8.8.8.8') });
    await fc.assert(
      fc.asyncProperty(plainUrl(anyDenied), async (raw) => {
        await expect(sendGet(http, parseUrl(raw)!.href)).rejects.toMatchObject({ code: 'egress_denied' });
      }),
      USES,
    );
    expect(connects).not.toHaveBeenCalled();
  });

  it('denies it when a name resolves to it', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.oneof(
          deniedIpv4.map((bytes) => bytes.join('.')),
          deniedIpv6.map(formatIpv6),
        ),
        async (address) => {
          const http = createClient({ mode: 'allow' }, { resolve: resolveTo('8.8.8.8', address) });
          await expect(sendGet(http, 'http://name.example')).rejects.toMatchObject({ code: 'egress_denied' });
        },
      ),
      USES,
    );
    expect(connects).not.toHaveBeenCalled();
  });

  it('denies it in local mode if no mode permits it', () => {
    const local = policy('local');
    const url = fc
      .oneof(ipv4Spelling(neverIpv4), wrappedSpelling(neverIpv4))
      .map((host) => `http://${host}:8080`);
    fc.assert(
      fc.property(url, (raw) => expect(save(local, raw)).toBe('egress_denied')),
      RUNS,
    );
  });
});

describe('EgressPolicy and a public address', () => {
  const strict = policy('strict');
  const plain = fc.oneof(
    publicIpv4.map((bytes) => bytes.join('.')),
    publicIpv6.map((words) => `[${formatIpv6(words)}]`),
  );

  it('permits it when it is saved and when it is called', () => {
    fc.assert(
      fc.property(plain, (host) => {
        expect(save(strict, `https://${host}/v1`)).toBe('permitted');
        strict.checkAddress(host.replace(/[[\]]/g, ''), 443, 'name.example');
      }),
      RUNS,
    );
  });
});
