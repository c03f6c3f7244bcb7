import { DataSource, EntitySchema } from 'typeorm';
import { findRow, incrementCounter, insertRows, updateRows } from './rows';
import { SqliteDatabase } from './sqlite-driver';

class Shelf {
  id!: string;
  name!: string;
  booksHeld!: number;
}

const schema = new EntitySchema<Shelf>({
  name: 'Shelf',
  target: Shelf,
  tableName: 'shelves',
  columns: {
    id: { type: 'varchar', primary: true },
    name: { type: 'varchar' },
    booksHeld: { type: 'bigint', name: 'books_held' },
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
      { id: 'a', name: 'first', booksHeld: 1 },
      { id: 'b', name: 'second', booksHeld: 2 },
    ]);
  });
  afterEach(() => database.destroy());

  it('finds a row by every column of its key', async () => {
    expect(await findRow(database.manager, Shelf, { id: 'b', name: 'second' })).toEqual(
      Object.assign(new Shelf(), { id: 'b', name: 'second', booksHeld: 2 }),
    );
    expect(await findRow(database.manager, Shelf, { id: 'b', name: 'first' })).toBeNull();
  });

  it('updates only rows that match the whole key', async () => {
    await updateRows(database.manager, Shelf, { id: 'a', name: 'second' }, { booksHeld: 7 });
    await updateRows(database.manager, Shelf, { id: 'b', name: 'second' }, { name: 'last', booksHeld: 8 });
    expect(await rows()).toEqual([
      { id: 'a', name: 'first', books_held: 1 },
      { id: 'b', name: 'last', books_held: 8 },
    ]);
  });

  it('increments a counter and returns it, or null if there is no row', async () => {
    expect(await incrementCounter(database.manager, Shelf, { id: 'a' }, 'booksHeld')).toBe(2);
    expect(await incrementCounter(database.manager, Shelf, { id: 'a' }, 'booksHeld')).toBe(3);
    expect(await incrementCounter(database.manager, Shelf, { id: 'c' }, 'booksHeld')).toBeNull();
    expect(await rows()).toMatchObject([{ books_held: 3 }, { books_held: 2 }]);
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
