import { AccountsService } from '../../../src/accounts/accounts.service';
import { startTestApp, type TestApp } from '../../support/app/app';
import {
  type ApiClient,
  type ApiResponse,
  type Json,
  repeatUntilServed,
} from '../../support/clients/api-client';
import { engine } from '../../support/database/database';
import {
  createModel,
  createProvider,
  modelPath,
  createOtherAccount,
  providerPath,
  uniqueName,
} from '../../support/registry/factories';

/** Long enough that no poll runs during a test. */
const env = { REGISTRY_POLL_MS: '60000' };
const LIST = '/v1/llm-providers';
const ROUNDS = 30;

describe('GET /v1/llm-providers', () => {
  let first: TestApp;
  let replicas: TestApp[];
  /** The replica that writes, and the one that lists. */
  let a: ApiClient;
  let b: ApiClient;

  beforeAll(async () => {
    first = await startTestApp({ env });
    replicas = [first];
    if (engine === 'mariadb') replicas.push(await startTestApp({ database: first.database, env: first.env }));
  });
  afterAll(async () => {
    for (const replica of replicas.reverse()) await replica.stop();
  });
  beforeEach(async () => {
    const { token } = await first.app.get(AccountsService).create(uniqueName('account'), 'command line');
    a = first.clientFor(token);
    b = replicas.at(-1)!.clientFor(token);
    await b.get(LIST);
  });

  const revisionOf = ({ headers }: ApiResponse) => Number(headers.get('x-registry-revision'));
  const find = (list: readonly Json[], { id }: Json) => list.find((provider) => provider.id === id);

  it('returns each write of any replica immediately', async () => {
    const provider = await createProvider(a);
    expect(find((await b.get(LIST)).body, provider)).toEqual(provider);
    const model = await createModel(a, provider.id);
    expect(find((await b.get(LIST)).body, provider).models).toEqual([model]);
    for (let round = 0; round < ROUNDS; round++) {
      const { body } = await a.patch(modelPath(model), { priority: round + 1, tags: [uniqueName('tag')] });
      expect(find((await b.get(LIST)).body, provider).models).toEqual([body]);
    }
    await a.delete(modelPath(model));
    expect(find((await b.get(LIST)).body, provider).models).toEqual([]);
    await a.delete(providerPath(provider));
    expect((await b.get(LIST)).text).toBe('[]');
  });

  it('returns the same bytes and ETag on each replica, and 304 until a write', async () => {
    const provider = await createProvider(a);
    const [ofA, ofB] = await Promise.all([a.get(LIST), b.get(LIST)]);
    expect([ofA.text, ofA.headers.get('etag')]).toEqual([ofB.text, ofB.headers.get('etag')]);
    const headers = { 'if-none-match': ofA.headers.get('etag')! };
    expect((await b.get(LIST, { headers })).status).toBe(304);
    await a.patch(providerPath(provider), { name: uniqueName() });
    expect((await b.get(LIST, { headers })).status).toBe(200);
  });

  it('matches the ETag after an update that changes nothing', async () => {
    const provider = await createProvider(a);
    const before = await b.get(LIST);
    expect((await a.patch(providerPath(provider), { name: provider.name })).status).toBe(200);
    const after = await b.get(LIST);
    expect(after.headers.get('etag')).toBe(before.headers.get('etag'));
    expect(revisionOf(after)).toBe(revisionOf(before));
  });

  it('does not depend on other accounts', async () => {
    await createProvider(a);
    const other = await createOtherAccount(first);
    expect((await other.get(LIST)).text).toBe('[]');
    expect((await b.get(LIST)).body).toHaveLength(1);
  });

  it('filters and pages the full list at the same revision', async () => {
    for (const provider of ['openai', 'anthropic', 'openai', 'anthropic', 'openai']) {
      const { id } = await createProvider(a, { provider });
      await createModel(a, id, { priority: 1 });
      await createModel(a, id, { priority: 2 });
    }
    const full = await b.get(LIST);
    const parts: [string, (provider: Json) => boolean][] = [
      ['?provider=anthropic', ({ provider }) => provider === 'anthropic'],
      [`?name=${full.body[3].name.toUpperCase()}`, ({ id }) => id === full.body[3].id],
      ['?name=nobody', () => false],
      ['?limit=200', () => true],
    ];
    for (const [query, matches] of parts) {
      const part = await b.get(`${LIST}${query}`);
      expect(part.body).toEqual(full.body.filter(matches));
      expect(revisionOf(part)).toBe(revisionOf(full));
    }
    const paged: Json[] = [];
    for (let path: string | undefined = `${LIST}?limit=2`; path;) {
      const page: ApiResponse = await b.get(path);
      expect(revisionOf(page)).toBe(revisionOf(full));
      paged.push(...page.body);
      path = /<(.+)>; rel="next"/.exec(page.headers.get('link') ?? '')?.[1];
    }
    expect(paged).toEqual(full.body);
  });

  it('returns, during concurrent writes, only consistent states that include all acknowledged writes', async () => {
    const provider = await createProvider(a);
    const models = [await createModel(a, provider.id), await createModel(a, provider.id)];
    let acknowledged = 0;
    let isWriting = true;
    const write = async (client: ApiClient, round: number): Promise<void> => {
      const changes = [
        () => client.patch(modelPath(models[round % 2]), { is_default: true }),
        () => client.patch(providerPath(provider), { name: uniqueName() }),
        () => client.post(`${providerPath(provider)}/models`, { model: uniqueName('m'), is_default: true }),
      ];
      const response = await repeatUntilServed(changes[round % changes.length]!);
      expect(response.status).toBeLessThan(300);
      acknowledged = Math.max(acknowledged, revisionOf(response));
    };
    const writer = async (client: ApiClient): Promise<void> => {
      for (let round = 0; round < ROUNDS; round++) await write(client, round);
    };
    const states = new Map<number, string>();
    const reader = async (client: ApiClient, query: string): Promise<void> => {
      while (isWriting) {
        const atLeast = acknowledged;
        const response = await repeatUntilServed(() => client.get(`${LIST}${query}`));
        expect(response.status).toBe(200);
        expect(revisionOf(response)).toBeGreaterThanOrEqual(atLeast);
        const [{ name, models: listed }] = response.body;
        expect(listed.filter(({ is_default }: Json) => is_default)).toHaveLength(1);
        for (const { selector, model } of listed) expect(selector).toBe(`${name}^${model}`);
        // A revision is one state, in every kind of read.
        expect(response.text).toBe(states.get(revisionOf(response)) ?? response.text);
        states.set(revisionOf(response), response.text);
      }
    };
    const readers = [a, b, b, a, b].map((client, index) => reader(client, index % 2 ? '?limit=200' : ''));
    readers.push(reader(a, '?provider=openai'));
    await Promise.all([writer(a), writer(b), writer(a)]).finally(() => (isWriting = false));
    await Promise.all(readers);
    expect(states.size).toBeGreaterThan(5);
  });
});
