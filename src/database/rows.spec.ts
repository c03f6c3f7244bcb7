import { DataSource, EntitySchema } from 'typeorm';
import { addToCounters, findRow, incrementCounter, insertRows, updateRows } from './rows';
import { SqliteDatabase } from './sqlite-driver';

class Shelf {
  id!: string;
  name!: string;
  booksHeld!: number;
  visits!: number;
}

const schema = new EntitySchema<Shelf>({
  name: 'Shelf',
  target: Shelf,
  tableName: 'shelves',
  columns: {
    id: { type: 'varchar', primary: true },
    name: { type: 'varchar' },
    booksHeld: { type: 'bigint', name: 'books_held' },
    visits: { type: 'bigint' },
  },
});

describe('rows', () => {
  let database: DataSource;
  const rows = () => database.manager.query<object[]>('SELECT * FROM shelves ORDER BY id');

  beforeEach(async () => {
    database = new DataSource({
      type: 'better-sqlite3',
      driver: SqliteDatabase,
      database: ':memory:',
      entities: [schema],
      synchronize: true,
    });
    await database.initialize();
    await insertRows(database.manager, Shelf, [
      { id: 'a', name: 'first', booksHeld: 1, visits: 0 },
      { id: 'b', name: 'second', booksHeld: 2, visits: 0 },
    ]);
  });
  afterEach(() => database.destroy());

  it('finds a row by every column of its key', async () => {
    expect(await findRow(database.manager, Shelf, { id: 'b', name: 'second' })).toEqual(
      Object.assign(new Shelf(), { id: 'b', name: 'second', booksHeld: 2, visits: 0 }),
    );
    expect(await findRow(database.manager, Shelf, { id: 'b', name: 'first' })).toBeNull();
  });

  it('updates only rows that match the whole key', async () => {
    await updateRows(database.manager, Shelf, { id: 'a', name: 'second' }, { booksHeld: 7 });
    await updateRows(database.manager, Shelf, { id: 'b', name: 'second' }, { name: 'last', booksHeld: 8 });
    expect(await rows()).toEqual([
      { id: 'a', name: 'first', books_held: 1, visits: 0 },
      { id: 'b', name: 'last', books_held: 8, visits: 0 },
    ]);
  });

  it('increments a counter and returns it, or null if there is no row', async () => {
    expect(await incrementCounter(database.manager, Shelf, { id: 'a' }, 'booksHeld')).toBe(2);
    expect(await incrementCounter(database.manager, Shelf, { id: 'a' }, 'booksHeld')).toBe(3);
    expect(await incrementCounter(database.manager, Shelf, { id: 'c' }, 'booksHeld')).toBeNull();
    expect(await rows()).toMatchObject([{ books_held: 3 }, { books_held: 2 }]);
  });

  it('adds to other counters of the row with the same statement', async () => {
    const visits = { column: 'visits', amount: 3, limit: 3 };
    expect(await incrementCounter(database.manager, Shelf, { id: 'a' }, 'booksHeld', [visits])).toBe(2);
    expect(await rows()).toMatchObject([
      { books_held: 2, visits: 3 },
      { books_held: 2, visits: 0 },
    ]);
  });

  it('changes no counter if one addition exceeds its limit', async () => {
    const additions = (amount: number) => [
      { column: 'books_held', amount: 1, limit: null },
      { column: 'visits', amount, limit: 2 },
    ];
    expect(await addToCounters(database.manager, 'shelves', 'a', additions(2))).toBe(true);
    expect(await addToCounters(database.manager, 'shelves', 'a', additions(1))).toBe(false);
    const more = additions(1).slice(1);
    expect(await incrementCounter(database.manager, Shelf, { id: 'a' }, 'booksHeld', more)).toBeNull();
    expect(await rows()).toMatchObject([{ books_held: 2, visits: 2 }, { books_held: 2 }]);
  });

  it('subtracts from a counter that is above its limit', async () => {
    await updateRows(database.manager, Shelf, { id: 'a' }, { visits: 9 });
    const less = [{ column: 'visits', amount: -1, limit: 2 }];
    expect(await addToCounters(database.manager, 'shelves', 'a', less)).toBe(true);
    expect(await addToCounters(database.manager, 'shelves', 'c', less)).toBe(false);
    expect(await rows()).toMatchObject([{ visits: 8 }, { visits: 0 }]);
  });

  it.each<[string, object]>([
    ['with an unknown property', { id: 'a', shelf: 'x' }],
    ['without properties', {}],
  ])('rejects a key %s and changes nothing', async (_name, key) => {
    const before = await rows();
    await expect(updateRows(database.manager, Shelf, key, { booksHeld: 9 })).rejects.toThrow(
      'Unknown property',
    );
    await expect(incrementCounter(database.manager, Shelf, key, 'booksHeld')).rejects.toThrow(
      'Unknown property',
    );
    await expect(findRow(database.manager, Shelf, key)).rejects.toThrow('Unknown property');
    expect(await rows()).toEqual(before);
  });
});
