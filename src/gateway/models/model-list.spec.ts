import type { AccountId, Principal } from '../../auth/caller';
import type { ModelCapabilities } from '../../discovery/model-capabilities';
import { modelRow, NO_CHANGES, providerRow, tableOf } from '../../routing/engine/fixtures/registry-rows';
import type { RoutingTableStore } from '../../routing/routing-table-store';
import { AllowedSelectors } from '../../selectors/allowed-selectors';
import { ModelList } from './model-list';

const main = providerRow('main', { id: '01930000-0000-7000-8000-00000000000a' });
const other = providerRow('other', { kind: 'anthropic' });
const off = providerRow('off', { enabled: false });
const gpt = modelRow(main, 'gpt', { aliases: ['short'], isDefault: true });
const rows = [
  ...[main, other, off, gpt],
  modelRow(main, 'mini', { tags: ['fast'], when: { tier: 'pro' } }),
  modelRow(main, 'disabled', { enabled: false }),
  modelRow(other, 'GPT', { priority: 5 }),
  modelRow(other, 'a^b'),
  modelRow(off, 'unusable'),
];

const EXACT = ['main^gpt', 'main^mini', 'other^GPT', 'other^a^b'];
/** `GPT` has the higher priority. */
const BARE = ['GPT', 'mini'];

describe('ModelList', () => {
  let table = tableOf(...rows);
  let list: ModelList;
  const find = jest.fn(() => ({ context_length: 1000 }));

  beforeEach(() => {
    table = tableOf(...rows);
    find.mockClear();
    const tables = { current: () => Promise.resolve(table) } as unknown as RoutingTableStore;
    list = new ModelList(tables, { find, versionFor: () => 1 } as unknown as ModelCapabilities);
  });

  interface Asked {
    readonly query?: string;
    readonly isAnthropic?: boolean;
    readonly id?: string;
    readonly allowed?: readonly string[];
  }

  async function read({ query = '', isAnthropic = false, id, allowed }: Asked = {}) {
    const allowedSelectors = allowed ? AllowedSelectors.parse(allowed) : null;
    const caller = { accountId: 'account' as AccountId, allowedSelectors } as Principal;
    const parts = { caller, query: new URLSearchParams(query), isAnthropic, id: id ?? null };
    return JSON.parse(String(await list.respond(parts)));
  }

  const idsOf = async (asked: Asked = {}) => (await read(asked)).data.map(({ id }: { id: string }) => id);

  it('has the bare names, each once, and then each model with its provider, without aliases', async () => {
    expect(await idsOf()).toEqual([...BARE, ...EXACT]);
    expect(await idsOf()).toEqual([...BARE, ...EXACT]);
  });

  it('has the form of OpenAI', async () => {
    const created = parseInt(gpt.id.slice(0, 8) + gpt.id.slice(9, 13), 16);
    const { object, data } = await read();
    expect(object).toBe('list');
    expect(data.find(({ id }: { id: string }) => id === 'main^gpt')).toEqual({
      id: 'main^gpt',
      object: 'model',
      created: Math.floor(created / 1000),
      owned_by: 'main',
    });
  });

  it('has the form of Anthropic', async () => {
    const { data, ...rest } = await read({ isAnthropic: true });
    expect(rest).toEqual({ has_more: false, first_id: 'GPT', last_id: 'other^a^b' });
    expect(data[0]).toEqual({
      type: 'model',
      id: 'GPT',
      display_name: 'GPT',
      created_at: expect.stringMatching(/^2024-.*Z$/),
      lifecycle: 'active',
      max_input_tokens: 1000,
      max_tokens: null,
      capabilities: null,
      deprecated_at: null,
      retires_at: null,
      line: null,
    });
  });

  it.each<[string, string[]]>([
    ['provider=other', ['GPT', 'other^GPT', 'other^a^b']],
    ['provider=MAIN', ['gpt', 'mini', 'main^gpt', 'main^mini']],
    ['provider=unknown', []],
    ['provider=', []],
    ['provider=off', []],
    ['provider=off&all=true', ['unusable', 'off^unusable']],
    ['all=false', [...BARE, ...EXACT]],
    ['limit=1&after_id=nothing&x=y', [...BARE, ...EXACT]],
  ])('selects by ?%s', async (query, ids) => {
    expect(await idsOf({ query })).toEqual(ids);
  });

  it('shows unusable models only with ?all=true', async () => {
    expect(await idsOf({ query: 'all=true' })).toEqual(
      expect.arrayContaining(['disabled', 'main^disabled', 'unusable', 'off^unusable']),
    );
  });

  it.each<[string[], string[]]>([
    [['main^gpt'], ['gpt', 'main^gpt']],
    [['#fast'], ['mini', 'main^mini']],
    [['main^'], ['gpt', 'main^gpt']],
    [['short'], ['gpt', 'main^gpt']],
    [['other^*'], ['GPT', 'other^GPT', 'other^a^b']],
    [['gpt'], ['GPT', 'main^gpt', 'other^GPT']],
    [['off^*'], []],
  ])('has only what a token with %j may use', async (allowed, ids) => {
    expect(await idsOf({ allowed })).toEqual(ids);
    expect(await idsOf()).toEqual([...BARE, ...EXACT]);
  });

  it('has pages in the form of Anthropic', async () => {
    const all = [...BARE, ...EXACT];
    const page = (query: string) => read({ query, isAnthropic: true });
    const collected: string[] = [];
    for (let query = 'limit=4', hasMore = true; hasMore;) {
      const { data, has_more, first_id, last_id } = await page(query);
      const ids = data.map(({ id }: { id: string }) => id);
      expect([first_id, last_id]).toEqual([ids[0], ids.at(-1)]);
      collected.push(...ids);
      [query, hasMore] = [`limit=4&after_id=${encodeURIComponent(last_id)}`, has_more];
    }
    expect(collected).toEqual(all);
    const before = await page('limit=2&before_id=main%5Emini');
    expect(before.data.map(({ id }: { id: string }) => id)).toEqual(all.slice(1, 3));
    expect(before.has_more).toBe(true);
    expect(await page('after_id=other%5Ea%5Eb')).toEqual({
      data: [],
      has_more: false,
      first_id: null,
      last_id: null,
    });
  });

  it.each([
    ['limit=0', 'limit'],
    ['limit=1001', 'limit'],
    ['limit=1e2', 'limit'],
    ['after_id=a&before_id=b', 'before_id'],
    ['after_id=gone', 'after_id'],
    ['before_id=gone', 'before_id'],
  ])('rejects ?%s in the form of Anthropic', async (query, param) => {
    await expect(read({ query, isAnthropic: true })).rejects.toMatchObject({
      code: 'unsupported_parameter',
      details: { param },
    });
  });

  it.each<[string, string | null]>([
    ['main^gpt', 'main^gpt'],
    ['MAIN^short', 'main^gpt'],
    ['other^a^b', 'other^a^b'],
    ['gpt', 'GPT'],
    ['short', 'gpt'],
    ['mini', 'mini'],
    ['main^nothing', null],
    ['nothing', null],
    ['off^unusable', null],
    ['disabled', null],
    ['main^', null],
    ['#fast', null],
    ['auto', null],
    ['^', null],
    ['__proto__', null],
  ])('finds one model by %s', async (id, found) => {
    const reading = read({ id });
    if (found === null) await expect(reading).rejects.toMatchObject({ code: 'model_not_found' });
    else expect(await reading).toMatchObject({ id: found, object: 'model' });
  });

  it('finds only a model that the token may use, unusable ones with ?all=true', async () => {
    await expect(read({ id: 'main^gpt', allowed: ['other^*'] })).rejects.toMatchObject({
      code: 'model_not_found',
    });
    expect(await read({ id: 'gpt', allowed: ['main^*'] })).toMatchObject({ id: 'gpt', owned_by: 'main' });
    expect(await read({ id: 'off^unusable', query: 'all=true' })).toMatchObject({ owned_by: 'off' });
    expect(await read({ id: 'gpt', isAnthropic: true })).toMatchObject({ type: 'model', id: 'GPT' });
  });

  it('builds a list once for each revision', async () => {
    const asked = { isAnthropic: true };
    await read(asked);
    const built = find.mock.calls.length;
    await read(asked);
    expect(find).toHaveBeenCalledTimes(built);
    table.apply(2, { ...NO_CHANGES, models: [modelRow(main, 'new')] });
    expect(await idsOf(asked)).toContain('main^new');
  });
});
