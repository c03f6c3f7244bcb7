import { Socket } from 'node:net';
import fc from 'fast-check';
import { type DomainError } from '../../common/domain-error';
import { parseUrl } from '../../common/parse-url';
import { type EgressConfig } from '../../config/egress-allow';
import { endpointUrl, normaliseBaseUrl } from '../base-url';
import {
  colons,
  deniedIpv4,
  deniedIpv6,
  neverIpv4,
  publicIpv4,
  publicIpv6,
} from '../fixtures/address-arbitraries';
import { answers, client, closeAll, get } from '../fixtures/loopback-upstream';
import {
  ipv4Spelling,
  ipv6Spelling,
  plainUrl,
  trickyUrl,
  wrappedSpelling,
} from '../fixtures/spelling-arbitraries';
import { EgressPolicy } from './egress-policy';

const RUNS = { numRuns: 2000 };
/** Each use is a call of its own. */
const USES = { numRuns: 400 };

const anyDenied = fc.oneof(ipv4Spelling(deniedIpv4), wrappedSpelling(deniedIpv4), ipv6Spelling(deniedIpv6));

function policy(mode: EgressConfig['mode']): EgressPolicy {
  return new EgressPolicy({ mode, allow: [], proxy: null, ownEndpoints: [] });
}

/** `saved`, or the code of the refusal. */
function save(egress: EgressPolicy, raw: string): string {
  try {
    egress.checkAtSave(new URL(normaliseBaseUrl(raw)));
    return 'saved';
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

describe('a denied address stays denied, however it is written,', () => {
  const strict = policy('strict');

  it('when it is saved', () => {
    fc.assert(
      fc.property(plainUrl(anyDenied), (raw) => expect(save(strict, raw)).toBe('egress_denied')),
      RUNS,
    );
  });

  it('when the URL is written so that two readers see two hosts', () => {
    fc.assert(
      fc.property(trickyUrl(anyDenied), (raw) => expect(save(strict, raw)).toBe('validation.failed')),
      RUNS,
    );
  });

  it('when a row that holds it is used: nothing is dialled', async () => {
    const http = client({ mode: 'strict' }, { connectTimeoutMs: 1, resolve: answers('8.8.8.8') });
    await fc.assert(
      fc.asyncProperty(fc.oneof(plainUrl(anyDenied), trickyUrl(anyDenied)), async (raw) => {
        const use = async () => get(http, endpointUrl('openai', raw, '/models').href);
        await expect(use()).rejects.toMatchObject({
          code: expect.stringMatching(/egress_denied|validation\.failed/),
        });
      }),
      USES,
    );
    expect(connects).not.toHaveBeenCalled();
  });

  it('when the connector alone meets it', async () => {
    const http = client({ mode: 'strict' }, { connectTimeoutMs: 1, resolve: answers('8.8.8.8') });
    await fc.assert(
      fc.asyncProperty(plainUrl(anyDenied), async (raw) => {
        await expect(get(http, parseUrl(raw)!.href)).rejects.toMatchObject({ code: 'egress_denied' });
      }),
      USES,
    );
    expect(connects).not.toHaveBeenCalled();
  });

  it('when a name resolves to it', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.oneof(
          deniedIpv4.map((bytes) => bytes.join('.')),
          deniedIpv6.map(colons),
        ),
        async (address) => {
          const http = client({ mode: 'allow' }, { resolve: answers('8.8.8.8', address) });
          await expect(get(http, 'http://name.example')).rejects.toMatchObject({ code: 'egress_denied' });
        },
      ),
      USES,
    );
    expect(connects).not.toHaveBeenCalled();
  });

  it('in local mode where it is one of those that no mode reaches', () => {
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

describe('a public address is open', () => {
  const strict = policy('strict');
  const plain = fc.oneof(
    publicIpv4.map((bytes) => bytes.join('.')),
    publicIpv6.map((words) => `[${colons(words)}]`),
  );

  it('when it is saved, and when it is dialled', () => {
    fc.assert(
      fc.property(plain, (host) => {
        expect(save(strict, `https://${host}/v1`)).toBe('saved');
        strict.checkAddress(host.replace(/[[\]]/g, ''), 443, 'name.example');
      }),
      RUNS,
    );
  });
});
