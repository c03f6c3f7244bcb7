import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { repeatDisturbedTests } from '../../../test/support/pace';
import { type DnsResponse, DnsServer, type QuestionType } from '../../../test/support/upstreams/dns-server';
import { NameResolver, type NameResolverOptions } from './name-resolver';

const POLL_MS = 5;
/** Longer than any test, so that only what a test does ends a lookup. */
const FOREVER_MS = 600_000;

// A lookup gives up after seconds without a response, which a busy machine may need for the other steps of a test.
repeatDisturbedTests();

describe('NameResolver', () => {
  let server: DnsServer;
  let respond: (name: string, type: QuestionType) => DnsResponse;
  let directory: string;
  const ends = new Set<AbortController>();

  beforeAll(() => {
    directory = mkdtempSync(join(tmpdir(), 'caret-hosts-'));
  });
  afterAll(() => rmSync(directory, { recursive: true }));
  beforeEach(async () => {
    server = await DnsServer.start((name, type) => respond(name, type));
    respond = (name) => (name.startsWith('slow') ? 'silent' : ['192.0.2.1', '2001:db8::1']);
  });
  afterEach(async () => {
    for (const controller of ends) controller.abort();
    ends.clear();
    await server.stop();
  });

  const createResolver = (options: NameResolverOptions = {}) =>
    new NameResolver({
      servers: [server.address],
      limitMs: FOREVER_MS,
      hostsFile: join(directory, 'absent'),
      ...options,
    });

  function lookUp(resolver: NameResolver, name: string, accountId = 'a', controller = new AbortController()) {
    ends.add(controller);
    return resolver.resolve(name, { accountId, signal: controller.signal });
  }

  /** Starts a lookup whose end is not awaited. */
  function begin(resolver: NameResolver, name: string, accountId = 'a') {
    const controller = new AbortController();
    lookUp(resolver, name, accountId, controller).catch(() => undefined);
    return controller;
  }

  /** Waits until the server was asked for both types of each name. */
  async function untilAsked(...names: string[]): Promise<void> {
    const isAsked = (name: string) =>
      ['A', 'AAAA'].every((type) => server.questions.includes(`${name} ${type}`));
    while (!names.every(isAsked)) await sleep(POLL_MS);
  }

  it('returns the addresses of both families', async () => {
    await expect(lookUp(createResolver(), 'one.example')).resolves.toEqual([
      { address: '192.0.2.1', family: 4 },
      { address: '2001:db8::1', family: 6 },
    ]);
  });

  it('returns one family if the name has no address of the other', async () => {
    respond = () => ['2001:db8::2'];
    await expect(lookUp(createResolver(), 'one.example')).resolves.toEqual([
      { address: '2001:db8::2', family: 6 },
    ]);
  });

  it('returns one family when the query for the other gets no response', async () => {
    respond = (_name, type) => (type === 'A' ? ['192.0.2.1'] : 'silent');
    await expect(lookUp(createResolver({ limitMs: 200 }), 'one.example')).resolves.toEqual([
      { address: '192.0.2.1', family: 4 },
    ]);
  });

  it('asks for exactly the name, without search domains', async () => {
    respond = () => 'nxdomain';
    await expect(lookUp(createResolver(), 'ollama')).rejects.toMatchObject({ code: 'ENOTFOUND' });
    expect(new Set(server.questions)).toEqual(new Set(['ollama A', 'ollama AAAA']));
  });

  it.each(['localhost', 'ollama.localhost'])('returns loopback for %s without a question', async (name) => {
    const addresses = await lookUp(createResolver(), name);
    expect(addresses.map(({ address }) => address)).toEqual(['127.0.0.1', '::1']);
    expect(server.questions).toEqual([]);
  });

  it('prefers the hosts file, and reads it again after a change', async () => {
    const hostsFile = join(directory, 'hosts');
    const resolver = createResolver({ hostsFile });
    writeFileSync(
      hostsFile,
      '# 192.0.2.9 no.example\n192.0.2.7\tYes.Example alias # one.example\n2001:db8::7 yes.example\n',
    );
    const addressesOf = async (name: string) => (await lookUp(resolver, name)).map(({ address }) => address);
    expect(await addressesOf('yes.example')).toEqual(['192.0.2.7', '2001:db8::7']);
    expect(await addressesOf('alias')).toEqual(['192.0.2.7']);
    expect(server.questions).toEqual([]);
    expect(await addressesOf('one.example')).toEqual(['192.0.2.1', '2001:db8::1']);
    writeFileSync(hostsFile, '192.0.2.80 yes.example\n');
    expect(await addressesOf('yes.example')).toEqual(['192.0.2.80']);
  });

  it('shares one lookup between concurrent callers, whatever their account', async () => {
    const resolver = createResolver();
    const lookups = ['a', 'b', 'a', 'a', 'b'].map((account) => lookUp(resolver, 'one.example', account));
    const results = await Promise.all(lookups);
    expect(new Set(results.map((result) => JSON.stringify(result))).size).toBe(1);
    // One lookup asks for A and AAAA, and once more if the machine is too busy to respond in time.
    expect(server.questions.length).toBeLessThanOrEqual(4);
  });

  it('has two lookups of an account in progress, while those of another account are served', async () => {
    const resolver = createResolver();
    const slow = Array.from({ length: 40 }, (_, index) => `slow${index}.example`);
    const [first] = slow.map((name) => begin(resolver, name));
    await untilAsked('slow0.example', 'slow1.example');
    await lookUp(resolver, 'one.example', 'b');
    expect(server.questions.filter((question) => !/^(slow[01]|one)\./.test(question))).toEqual([]);
    first!.abort();
    await untilAsked('slow2.example');
  });

  it('does not make a caller wait for a name that another account has in its queue', async () => {
    const resolver = createResolver();
    for (const name of ['slow0.example', 'slow1.example', 'one.example']) begin(resolver, name);
    await expect(lookUp(resolver, 'one.example', 'b')).resolves.toHaveLength(2);
  });

  it('serves another account when sixteen accounts look up slow names', async () => {
    const resolver = createResolver();
    const names = Array.from({ length: 32 }, (_, index) => `slow${index}.example`);
    for (const [index, name] of names.entries()) begin(resolver, name, `account ${index >> 1}`);
    await untilAsked(...names.slice(0, 31));
    await expect(lookUp(resolver, 'one.example', 'another')).resolves.toHaveLength(2);
  });

  it('has 32 lookups of the process in progress', async () => {
    const resolver = createResolver();
    const names = Array.from({ length: 33 }, (_, index) => `slow${index}.example`);
    const [first] = names.map((name, index) => begin(resolver, name, `account ${index}`));
    await untilAsked(...names.slice(0, 32));
    expect(server.questions).not.toContain('slow32.example A');
    first!.abort();
    await untilAsked('slow32.example');
  });

  it('fails a lookup without a response after the limit', async () => {
    await expect(lookUp(createResolver({ limitMs: 50 }), 'slow.example')).rejects.toMatchObject({
      code: 'ECANCELLED',
    });
  });

  it('caches a failure for a while', async () => {
    const resolver = createResolver({ failureMs: 300 });
    respond = () => 'nxdomain';
    const code = 'ENOTFOUND';
    await expect(lookUp(resolver, 'one.example')).rejects.toMatchObject({ code });
    const { length } = server.questions;
    await expect(lookUp(resolver, 'one.example', 'b')).rejects.toMatchObject({ code });
    expect(server.questions).toHaveLength(length);
    respond = () => ['192.0.2.1'];
    await sleep(350);
    await expect(lookUp(resolver, 'one.example')).resolves.toHaveLength(1);
  });

  it('caches no failure of an abandoned lookup', async () => {
    const resolver = createResolver();
    respond = () => 'silent';
    const controller = new AbortController();
    const waiting = lookUp(resolver, 'one.example', 'a', controller);
    await untilAsked('one.example');
    controller.abort(new Error('enough'));
    respond = () => ['192.0.2.1'];
    const next = lookUp(resolver, 'one.example', 'b');
    await expect(waiting).rejects.toThrow('enough');
    await expect(next).resolves.toHaveLength(1);
    await expect(lookUp(resolver, 'one.example')).resolves.toHaveLength(1);
  });
});
