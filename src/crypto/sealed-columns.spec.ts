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
  it('lists its columns', () => {
    const columns = [column, { ...column, table: 'llm_provider_models' }];
    expect(new SealedColumns(columns).all).toEqual(columns);
  });

  it.each(['keyIdColumn', 'sealedColumn'])('rejects two columns that differ only in %s', (name) => {
    expect(() => new SealedColumns([column, { ...column, [name]: 'other' }])).toThrow(RangeError);
  });

  it.each(['table', 'idColumn', 'accountColumn', 'sealedColumn', 'keyIdColumn', 'versionColumn'])(
    'rejects a %s that is not a plain identifier',
    (name) => {
      for (const value of ['', 'a b', 'a;--', 'a`', 'A', '1a', 'a.b']) {
        expect(() => new SealedColumns([{ ...column, [name]: value }])).toThrow(RangeError);
      }
    },
  );
});
