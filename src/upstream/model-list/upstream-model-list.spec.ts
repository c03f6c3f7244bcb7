import { MAX_MODELS, UpstreamModelList } from './upstream-model-list';

const URL_OF_LIST = new URL('https://upstream.example/v1/models');

describe('UpstreamModelList', () => {
  it('reads at most 50,000 models of all pages together, and counts the rest', async () => {
    const list = new UpstreamModelList([]);
    const page = (name: string, count: number) => ({
      entries: Array.from({ length: count }, (_, index) => ({ id: `${name}-${index}` })),
      isNative: false,
    });
    expect(await list.add(page('a', 30_000), URL_OF_LIST)).toBe(true);
    expect(list.isFull).toBe(false);
    expect(await list.add(page('b', 20_007), URL_OF_LIST)).toBe(true);
    expect(list.isFull).toBe(true);
    const { models, ...result } = list.toResult(false, null, 200);
    expect(models).toHaveLength(MAX_MODELS);
    expect(result).toEqual({ truncated: true, left: 7, unreadable: 0 });
  });
});
