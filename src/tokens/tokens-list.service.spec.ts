import type { Caller } from '../auth/caller';
import type { CursorService } from '../crypto/cursor.service';
import type { UnitOfWork } from '../database/unit-of-work';
import type { Requester } from '../http/response/build-queue';
import type { ApiToken } from './api-token.entity';
import { TokensListService } from './tokens-list.service';
import type { TokensRepository } from './tokens.repository';

const MAX_BYTES = 16 * 1024 * 1024;
const caller = { accountId: 'a', signal: new AbortController().signal } as Caller & Requester;
const wholeList = { limit: null, cursor: null };

/** The token whose JSON is the shortest. */
function createToken(index: number): Partial<ApiToken> {
  const id = `0193e0a2-0000-7000-8000-${String(index).padStart(12, '0')}`;
  const createdAt = '2026-01-01T00:00:00.000Z';
  const access = { allowedSelectors: null, tags: null, caretHeaders: true };
  return { id, name: 'n', scopes: 'admin', expiresAt: null, ...access, lastUsedAt: null, createdAt };
}

describe('TokensListService', () => {
  const list = jest.fn<Promise<Partial<ApiToken>[]>, [string, string | null, number]>();
  let stored: Partial<ApiToken>[];
  let service: TokensListService;

  function store(count: number): void {
    stored = Array.from({ length: count }, (_, index) => createToken(index));
  }

  beforeEach(() => {
    list.mockReset().mockImplementation((_accountId, after, limit) => {
      const start = after === null ? 0 : stored.findIndex(({ id }) => id === after) + 1;
      return Promise.resolve(stored.slice(start, start + limit));
    });
    const tokens = { list, count: () => Promise.resolve(stored.length) } as unknown as TokensRepository;
    const unitOfWork = { read: (work: () => unknown) => work() } as unknown as UnitOfWork;
    service = new TokensListService(tokens, {} as CursorService, unitOfWork);
  });

  const bytesOf = async () => ((await service.list(caller, wholeList)).body as Buffer).length;

  it('builds a list of 16 MiB, but no longer one', async () => {
    const tokenBytes = (await (store(1), bytesOf())) - 2 + 1;
    const fitting = Math.floor((MAX_BYTES - 2) / tokenBytes);
    store(fitting);
    expect(await bytesOf()).toBeLessThanOrEqual(MAX_BYTES);
    store(fitting + 1);
    await expect(bytesOf()).rejects.toMatchObject({ code: 'list.too_large' });
  });

  it('reads one batch of a list that its number of tokens takes above 16 MiB', async () => {
    store(Math.ceil(MAX_BYTES / 150));
    await expect(bytesOf()).rejects.toMatchObject({ code: 'list.too_large' });
    expect(list).toHaveBeenCalledTimes(1);
  });

  it('stops reading at 16 MiB', async () => {
    store(100_000);
    for (const token of stored) token.name = 'n'.repeat(200);
    await expect(bytesOf()).rejects.toMatchObject({ code: 'list.too_large' });
    const { calls } = list.mock;
    expect(calls.length).toBeLessThan(stored.length / 500 / 2);
    expect(calls.every(([, , limit]) => limit === 500)).toBe(true);
  });

  it('reads a page with one row more, to know whether there is a next one', async () => {
    store(10);
    const page = await service.list(caller, { limit: 10, cursor: null });
    expect(JSON.parse(String(page.body))).toHaveLength(10);
    expect(page.nextCursor).toBeNull();
    expect(list.mock.calls).toEqual([['a', null, 11]]);
  });
});
