/** SQLite takes 32 766 values in a statement; the widest table has 22 columns. */
const ROWS_PER_STATEMENT = 1000;

/** Inserts rows that have the table's columns as their fields, many in one statement and all in one transaction. */
export async function insertRows(database, table, rows) {
  if (rows.length === 0) return;
  const columns = Object.keys(rows[0]);
  const places = `(${columns.map(() => '?').join(', ')})`;
  await database.execute('BEGIN');
  for (let start = 0; start < rows.length; start += ROWS_PER_STATEMENT) {
    const some = rows.slice(start, start + ROWS_PER_STATEMENT);
    const sql = `INSERT INTO ${table} (${columns.join(', ')}) VALUES ${some.map(() => places).join(', ')}`;
    await database.execute(
      sql,
      some.flatMap((row) => columns.map((column) => row[column])),
    );
  }
  await database.execute('COMMIT');
}
