/** SQLite accepts 32,766 values per statement, and the widest table has 22 columns. */
const ROWS_PER_STATEMENT = 1000;

/** Inserts rows in batches and in one transaction. A row has the table's columns as fields. */
export async function insertRows(database, table, rows) {
  if (rows.length === 0) return;
  const columns = Object.keys(rows[0]);
  const placeholders = `(${columns.map(() => '?').join(', ')})`;
  await database.execute('BEGIN');
  for (let start = 0; start < rows.length; start += ROWS_PER_STATEMENT) {
    const batch = rows.slice(start, start + ROWS_PER_STATEMENT);
    const sql = `INSERT INTO ${table} (${columns.join(', ')}) VALUES ${batch.map(() => placeholders).join(', ')}`;
    await database.execute(
      sql,
      batch.flatMap((row) => columns.map((column) => row[column])),
    );
  }
  await database.execute('COMMIT');
}
