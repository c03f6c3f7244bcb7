import { type SealedColumn, SealedColumns } from './sealed-columns';

const column: SealedColumn = {
  table: 'llm_providers',
  idColumn: 'id',
  accountColumn: 'account_id',
  sealedColumn: 'sealed_api_key',
  keyIdColumn: 'api_key_key_id',
  versionColumn: 'secret_version',
  purpose: 'upstream-api-key',
  field: 'api_key',
};

describe('SealedColumns', () => {
  it('keeps what is registered', () => {
    const columns = new SealedColumns();
    columns.register(column);
    columns.register({ ...column, table: 'llm_provider_models' });
    expect(columns.all()).toHaveLength(2);
  });

  it('refuses a column twice, and a key id column that two sealed columns share', () => {
    const columns = new SealedColumns();
    columns.register(column);
    expect(() => columns.register({ ...column, keyIdColumn: 'other_key_id' })).toThrow(RangeError);
    expect(() => columns.register({ ...column, sealedColumn: 'sealed_headers' })).toThrow(RangeError);
  });

  it.each(['table', 'idColumn', 'accountColumn', 'sealedColumn', 'keyIdColumn', 'versionColumn'])(
    'refuses a %s that is no plain identifier',
    (name) => {
      for (const value of ['', 'a b', 'a;--', 'a`', 'A', '1a', 'a.b']) {
        expect(() => new SealedColumns().register({ ...column, [name]: value })).toThrow(RangeError);
      }
    },
  );
});
