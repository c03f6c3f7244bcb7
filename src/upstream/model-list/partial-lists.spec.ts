import { closeAll, createClient, startUpstream } from '../fixtures/loopback-upstream';
import { entries, readPages as read } from '../fixtures/paged-upstream';
import { target } from '../fixtures/scripted-openai';
import { readModelList } from './read-model-list';

afterEach(closeAll);

describe('readModelList, with lists that are incomplete or odd,', () => {
  it.each<[string, unknown]>([
    ['an empty list beside the models', { data: [], models: [{ name: 'a' }, { name: 'b' }] }],
    ['an empty list beside nested models', { models: [], result: { items: entries('a', 'b') } }],
    ['names alone', ['a', 'b']],
    ['names in a member', { data: ['a', 'b'] }],
  ])('reads %s', async (_what, list) => {
    expect(await read(() => list)).toMatchObject({ ids: ['a', 'b'], truncated: false, unreadable: 0 });
  });

  it('reads on after a page without readable entries', async () => {
    const result = await read((query) =>
      query.has('cursor') ? { data: entries('a') } : { data: [{}, { id: '' }], next_cursor: '2' },
    );
    expect(result).toMatchObject({ ids: ['a'], truncated: false, left: 0, unreadable: 2 });
  });

  it('does not count an entry of an earlier page as read', async () => {
    const next = { data: [...entries('b', 'c'), {}], next: 'https://elsewhere.example/', total: 10 };
    const result = await read((query) =>
      query.has('cursor') ? next : { data: entries('a', 'b', 'b'), next_cursor: '2', total: 10 },
    );
    // a, b and its duplicate, c and the unreadable entry are read, and 5 of 10 are left.
    expect(result).toMatchObject({ ids: ['a', 'b', 'c'], truncated: true, left: 5, unreadable: 1 });
    const same = await read(() => ({ data: [...entries('a', 'b'), {}], total: 57 }));
    expect(same).toMatchObject({ ids: ['a', 'b'], truncated: true, left: 54, unreadable: 1 });
  });

  describe('with a slow upstream', () => {
    const readSlowly = async (slowPage: number, timeout_ms?: number, signal?: AbortSignal) => {
      const { port } = await startUpstream((request, response) => {
        const page = Number(new URL(request.url ?? '', 'http://h').searchParams.get('cursor') ?? 1);
        if (page < slowPage)
          response.end(JSON.stringify({ data: entries(`m${page}`), next_cursor: `${page + 1}` }));
      });
      const slow = target(`http://127.0.0.1:${port}`, { advancedJson: timeout_ms ? { timeout_ms } : {} });
      return readModelList(
        createClient({}, { headersTimeoutMs: 500 }),
        slow,
        { afterParameter: 'after' },
        signal,
      );
    };

    it('returns the pages that came in time', async () => {
      expect(await readSlowly(3, 400)).toMatchObject({
        models: [{ id: 'm1' }, { id: 'm2' }],
        truncated: true,
        left: null,
      });
    });

    it('fails if no page came in time, and suggests timeout_ms only if it is the limit', async () => {
      const code = 'llm_providers.upstream_timeout';
      const suggestion = expect.stringContaining('timeout_ms') as string;
      await expect(readSlowly(1, 200)).rejects.toMatchObject({ code, detail: suggestion });
      await expect(readSlowly(1)).rejects.toMatchObject({
        code,
        detail: expect.not.stringContaining('timeout_ms') as string,
      });
    });

    it('fails if the caller cancels it', async () => {
      await expect(readSlowly(2, undefined, AbortSignal.timeout(100))).rejects.toMatchObject({
        code: 'llm_providers.upstream_timeout',
      });
    });
  });
});
