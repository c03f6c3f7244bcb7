import { mapPage, MAX_PAGE_SIZE, Page, pageOf, parsePageQuery } from './pagination';

describe('parsePageQuery', () => {
  it('requests the full list without parameters', () => {
    expect(parsePageQuery({})).toEqual({ limit: null, cursor: null });
  });

  it.each(['1', '50', String(MAX_PAGE_SIZE)])('accepts the limit %s', (limit) => {
    expect(parsePageQuery({ limit, cursor: 'c' })).toEqual({ limit: Number(limit), cursor: 'c' });
  });

  it.each(['', '0', '201', '-1', '+1', '1.0', '1e2', ' 1', '0x10', 'ten', '１', '9999'])(
    'rejects the limit %j',
    (limit) => {
      expect(() => parsePageQuery({ limit })).toThrow(
        expect.objectContaining({ kind: 'malformed', code: 'query.limit' }),
      );
    },
  );
});

describe('pageOf', () => {
  const cursorOf = (last: number) => `after ${last}`;

  it('returns all rows without a limit', () => {
    expect(pageOf([1, 2, 3], null, cursorOf)).toEqual(new Page([1, 2, 3], null));
  });

  it('has no next page when no extra row was read', () => {
    expect(pageOf([], 2, cursorOf)).toEqual(new Page([], null));
    expect(pageOf([1, 2], 2, cursorOf)).toEqual(new Page([1, 2], null));
  });

  it('drops the extra row and continues after the last row shown', () => {
    expect(pageOf([1, 2, 3], 2, cursorOf)).toEqual(new Page([1, 2], 'after 2'));
  });
});

describe('mapPage', () => {
  it('maps the items and keeps the cursor', () => {
    expect(mapPage(new Page([1, 2], 'c'), String)).toEqual(new Page(['1', '2'], 'c'));
  });
});
