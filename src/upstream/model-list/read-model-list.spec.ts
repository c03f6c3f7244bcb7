import { closeAll, createClient, startUpstream } from '../fixtures/loopback-upstream';
import { entries, readPages as read } from '../fixtures/paged-upstream';
import { target } from '../fixtures/scripted-openai';
import { readModelList } from './read-model-list';

afterEach(closeAll);

describe('readModelList', () => {
  const THREE = { ids: ['a', 'b', 'c'], truncated: false, left: 0 };

  it.each<[string, string, (query: URLSearchParams, path: string) => unknown]>([
    [
      'has_more and last_id',
      '/v1/models?after=b',
      (query) =>
        query.has('after')
          ? { data: entries('c'), has_more: false }
          : { data: entries('a', 'b'), has_more: true, last_id: 'b' },
    ],
    [
      'has_more without last_id',
      '/v1/models?after=b',
      (query) => (query.has('after') ? { data: entries('c') } : { data: entries('a', 'b'), has_more: true }),
    ],
    [
      'next_page_token',
      '/v1/models?page_token=t%2F2',
      (query) =>
        query.has('page_token')
          ? { models: entries('c'), next_page_token: '' }
          : { models: entries('a', 'b'), next_page_token: 't/2' },
    ],
    [
      'nextPageToken',
      '/v1/models?pageToken=t2',
      (query) =>
        query.has('pageToken')
          ? { models: [{ name: 'c' }] }
          : { models: [{ name: 'a' }, { name: 'b' }], nextPageToken: 't2' },
    ],
    [
      'a relative URL in next',
      '/v1/more?cursor=2',
      (_query, path) =>
        path.endsWith('/more')
          ? { results: entries('c'), next: null }
          : { results: entries('a', 'b'), next: '/v1/more?cursor=2' },
    ],
    [
      'pagination.total_pages',
      '/v1/models?page=2',
      (query) => ({
        data: query.get('page') === '2' ? entries('c') : entries('a', 'b'),
        pagination: { current_page: Number(query.get('page') ?? 1), total_pages: 2, total: 3 },
      }),
    ],
    [
      'result_info.total_count',
      '/v1/models?page=2',
      (query) => ({
        success: true,
        result: query.get('page') === '2' ? entries('c') : entries('a', 'b'),
        result_info: { page: Number(query.get('page') ?? 1), total_count: 3 },
      }),
    ],
  ])('follows %s', async (_style, second, page) => {
    const result = await read(page);
    expect(result).toMatchObject(THREE);
    expect(result.urls).toEqual(['/v1/models', second]);
  });

  const PAGES = [entries('a', 'b'), entries('c', 'd'), entries('e')];

  it.each<[string, (page: number) => object]>([
    ['page and total_pages', (page) => ({ page, total_pages: 3 })],
    ['meta.current_page and meta.last_page', (page) => ({ meta: { current_page: page, last_page: 3 } })],
    ['pagination.page and pagination.total', (page) => ({ pagination: { page, total: 5 } })],
    [
      'result_info.page_number and totalPages',
      (page) => ({ result_info: { page_number: page, totalPages: 3 } }),
    ],
  ])('follows pages that begin at 0 or at 1: %s', async (_style, state) => {
    for (const first of [0, 1]) {
      const result = await read((query) => {
        const page = Number(query.get('page') ?? first);
        return { data: PAGES[page - first] ?? [], ...state(page) };
      });
      expect(result).toMatchObject({ ids: ['a', 'b', 'c', 'd', 'e'], truncated: false, left: 0 });
      expect(result.urls.slice(1)).toEqual([1, 2].map((page) => `/v1/models?page=${page + first}`));
    }
  });

  it.each<[string, (index: number) => object]>([
    ['counts from 1 in its responses only', (index) => ({ page: index + 1, total_pages: 3, total: 5 })],
    ['states the total', () => ({ total_pages: 3, total: 5 })],
    ['states only how many pages there are', () => ({ total_pages: 3 })],
  ])('says that the list is cut if the parameter begins at 0 and the upstream %s', async (_what, state) => {
    const result = await read((query) => {
      const index = Number(query.get('page') ?? 0);
      return { data: PAGES[index] ?? [], ...state(index) };
    });
    expect(result).toMatchObject({ ids: ['a', 'b', 'e'], truncated: true });
  });

  it('follows a Link header (RFC 8288)', async () => {
    const { port } = await startUpstream((request, response) => {
      const isLast = request.url?.includes('page=2');
      if (!isLast) response.setHeader('link', '</v1/models?page=1>; rel="first", <?page=2>; rel="next"');
      response.end(JSON.stringify(isLast ? entries('c') : entries('a', 'b')));
    });
    const style = { afterParameter: 'after' } as const;
    const list = await readModelList(createClient(), target(`http://127.0.0.1:${port}`), style);
    expect(list.models.map(({ id }) => id)).toEqual(['a', 'b', 'c']);
  });

  it('never asks another origin, and says that the list is cut', async () => {
    let requests = 0;
    const trap = await startUpstream((_request, response) => {
      requests += 1;
      response.end('{"data":[]}');
    });
    const next = `http://127.0.0.1:${trap.port}/v1/models?page=2`;
    expect(await read(() => ({ data: entries('a'), next }))).toMatchObject({
      ids: ['a'],
      truncated: true,
      left: null,
    });
    expect(requests).toBe(0);
  });

  it('says how many models are left if the upstream counts them', async () => {
    const next = 'https://elsewhere.example/models';
    const page = () => ({ data: entries('a', 'b'), next, pagination: { total: 57 } });
    expect(await read(page)).toMatchObject({ truncated: true, left: 55 });
  });

  it.each(['last_id', 'next_page_token', 'next'])('does not send a long text in %s', async (member) => {
    const long = `/${'x'.repeat(4096)}`;
    const list = await read(() => ({ data: entries('a'), has_more: true, [member]: long }));
    expect(list).toMatchObject({ ids: ['a'], truncated: true, urls: ['/v1/models'] });
  });

  it.each<[string, (page: number) => object]>([
    ['numbers as text', (page) => ({ page: String(page), total_pages: '2' })],
    ['next_page', (page) => ({ meta: { page, next_page: page === 1 ? 2 : null } })],
    ['has_next', (page) => ({ pagination: { page, has_next: page === 1 } })],
  ])('follows pages with %s', async (_style, state) => {
    const result = await read((query) => {
      const page = Number(query.get('page') ?? 1);
      return { data: page === 1 ? entries('a', 'b') : entries('c'), ...state(page) };
    });
    expect(result).toMatchObject({ ...THREE, urls: ['/v1/models', '/v1/models?page=2'] });
  });

  it.each<[string, object]>([
    ['a cursor without a known parameter', { next: 'c1' }],
    ['has_next_page without a number', { page_info: { has_next_page: true, end_cursor: 'c1' } }],
  ])('says that a list is cut: %s', async (_style, state) => {
    const result = await read(() => ({ data: entries('a', 'b'), ...state }));
    expect(result).toMatchObject({ ids: ['a', 'b'], truncated: true, left: null, urls: ['/v1/models'] });
  });

  it('takes a list for whole that has as many models as it counts', async () => {
    const result = await read(() => ({ data: entries('a', 'b', 'c'), total: 3, next: 'c1' }));
    expect(result).toMatchObject(THREE);
  });

  it('stops when the upstream ignores the parameter of the next page', async () => {
    const result = await read(() => ({ data: entries('a', 'b'), total: 57 }));
    expect(result).toMatchObject({ ids: ['a', 'b'], truncated: true });
    expect(result.urls).toHaveLength(2);
  });

  it('says how to set the path if the upstream redirects to one with a slash', async () => {
    const { port } = await startUpstream((request, response) => {
      if (request.url === '/v1/models/') response.end(JSON.stringify({ data: entries('a') }));
      else response.writeHead(307, { location: '/v1/models/' }).end();
    });
    const baseUrl = `http://127.0.0.1:${port}`;
    const style = { afterParameter: 'after' } as const;
    await expect(readModelList(createClient(), target(baseUrl), style)).rejects.toMatchObject({
      detail: expect.stringContaining('models_path to "/v1/models/"'),
    });
    const slashed = target(baseUrl, { advancedJson: { models_path: '/v1/models/' } });
    const { models } = await readModelList(createClient(), slashed, style);
    expect(models.map(({ id }) => id)).toEqual(['a']);
  });

  it('ignores a byte order mark, and decodes raw deflate data', async () => {
    const { port } = await startUpstream((request, response) => {
      const isDeflated = request.url?.startsWith('/deflate');
      response.writeHead(200, isDeflated ? { 'content-encoding': 'deflate' } : {});
      // {"object":"list","data":[{"id":"m","object":"model"}]}
      const raw = 'q1bKT8pKTS5RslLKySwuUdJRSkksSVSyiq5WykwBCuYq1cbWAgA=';
      response.end(
        isDeflated ? Buffer.from(raw, 'base64') : `\ufeff${JSON.stringify({ data: entries('m') })}`,
      );
    });
    for (const path of ['', '/deflate']) {
      const style = { afterParameter: 'after' } as const;
      const list = await readModelList(createClient(), target(`http://127.0.0.1:${port}${path}`), style);
      expect(list.models.map(({ id }) => id)).toEqual(['m']);
    }
  });
});
