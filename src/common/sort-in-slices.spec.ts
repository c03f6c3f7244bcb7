import { turnsDuring } from '../../test/support/turns';
import { sortInSlices } from './sort-in-slices';

const byKey = (a: { key: number }, b: { key: number }) => a.key - b.key;

describe('sortInSlices', () => {
  it.each([0, 1, 499, 500, 501, 1500, 12_345])('sorts %i items as toSorted does', async (count) => {
    const items = Array.from({ length: count }, (_, id) => ({ id, key: (id * 7919) % 97 }));
    expect(await sortInSlices(items, byKey)).toEqual([...items].sort(byKey));
  });

  it('yields to the event loop', async () => {
    const items = Array.from({ length: 200_000 }, (_, id) => ({ id, key: (id * 7919) % 10_007 }));
    expect(await turnsDuring(() => sortInSlices(items, byKey))).toBeGreaterThan(3);
  });
});
