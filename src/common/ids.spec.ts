import { isId, newId } from './ids';

describe('newId', () => {
  afterEach(() => jest.restoreAllMocks());

  it('creates ids that differ and sort by creation, also when the clock stands still or steps back', () => {
    const now = Date.now();
    const clock = jest.spyOn(Date, 'now').mockReturnValue(now + 10);
    const ids = Array.from({ length: 10_000 }, newId);
    clock.mockReturnValue(now);
    ids.push(...Array.from({ length: 10_000 }, newId));
    clock.mockReturnValue(now + 60_000);
    ids.push(newId());
    expect(ids.every(isId)).toBe(true);
    expect(new Set(ids).size).toBe(ids.length);
    expect([...ids].sort()).toEqual(ids);
  });

  it('begins an id with the milliseconds of its creation', () => {
    const now = Date.now() + 120_000;
    jest.spyOn(Date, 'now').mockReturnValue(now);
    expect(parseInt(newId().replace('-', '').slice(0, 12), 16)).toBe(now);
  });
});
