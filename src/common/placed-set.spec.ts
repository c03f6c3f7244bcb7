import { type Placed, PlacedSet } from './placed-set';

interface Item extends Placed {
  readonly name: string;
}

describe('PlacedSet', () => {
  const create = (names: string): [PlacedSet<Item>, Item[]] => {
    const set = new PlacedSet<Item>();
    const items = [...names].map((name) => ({ name, place: -1 }));
    for (const item of items) set.add(item);
    return [set, items];
  };
  const namesOf = (set: PlacedSet<Item>): string => {
    const names: string[] = [];
    set.forEach(({ name }) => names.push(name));
    return names.sort().join('');
  };

  it.each([
    ['the first', 'a', 'bcd'],
    ['one between', 'b', 'acd'],
    ['the last', 'd', 'abc'],
    ['several', 'ca', 'bd'],
    ['all', 'badc', ''],
  ])('deletes %s, and keeps the others', (_case, deleted, kept) => {
    const [set, items] = create('abcd');
    for (const name of deleted) set.delete(items.find((item) => item.name === name)!);
    expect([namesOf(set), set.size]).toEqual([kept, kept.length]);
  });

  it('ignores the second deletion of an item', () => {
    const [set, [first]] = create('abc');
    set.delete(first!);
    set.delete(first!);
    expect(namesOf(set)).toBe('bc');
  });

  it('takes an item again after its deletion', () => {
    const [set, [first]] = create('ab');
    set.delete(first!);
    set.add(first!);
    expect(namesOf(set)).toBe('ab');
  });

  it('visits every item, also those that leave in their visit', () => {
    const [set] = create('abcde');
    const visited: string[] = [];
    set.forEach((item) => {
      visited.push(item.name);
      if ('ace'.includes(item.name)) set.delete(item);
    });
    expect(visited.sort().join('')).toBe('abcde');
    expect(namesOf(set)).toBe('bd');
  });

  it('does not visit items that have left', () => {
    const [set, items] = create('abc');
    const visited: string[] = [];
    set.forEach(({ name }) => {
      visited.push(name);
      for (const item of items) set.delete(item);
    });
    expect(visited).toEqual(['c']);
  });
});
