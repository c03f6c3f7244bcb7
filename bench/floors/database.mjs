import { createRequire } from 'node:module';
import { promisify } from 'node:util';
import { createPool } from 'mysql2';

/**
 * The registry's database by the fastest honest way of its driver: prepared statements, rows as arrays. `read(sql,
 * values)` gives rows; `write(statements)` runs pairs of sql and values in one transaction and gives the rows of each.
 * Either may be a promise.
 */
export function openDatabase({ databaseUrl, file }) {
  return databaseUrl ? openMariadb(databaseUrl) : openSqlite(file);
}

function openMariadb(uri) {
  const pool = createPool({ uri, connectionLimit: 10, rowsAsArray: true });
  const getConnection = promisify(pool.getConnection.bind(pool));
  return {
    // By callbacks: mysql2's own promises cost a quarter more for a row.
    read: promisify(pool.execute.bind(pool)),
    async write(statements) {
      const connection = await getConnection();
      const query = promisify(connection.query.bind(connection));
      const execute = promisify(connection.execute.bind(connection));
      try {
        await query('START TRANSACTION');
        const results = [];
        for (const [sql, values] of statements) results.push(await execute(sql, values));
        await query('COMMIT');
        return results;
      } catch (error) {
        connection.destroy();
        throw error;
      } finally {
        connection.release();
      }
    },
  };
}

function openSqlite(file) {
  const { SqliteDatabase } = createRequire(import.meta.url)('../../dist/database/sqlite-driver.js');
  const database = new SqliteDatabase(file);
  database.pragma('synchronous = FULL');
  const statements = new Map();
  const run = (sql, values = []) => {
    let statement = statements.get(sql);
    if (!statement) {
      statement = database.prepare(sql);
      // Past the driver's face: rows as objects cost nearly twice as much.
      if (statement.reader) statement.native.setReturnArrays(true);
      statements.set(sql, statement);
    }
    return statement.reader ? statement.all(...values) : statement.run(...values);
  };
  return {
    read: run,
    write(pairs) {
      run('BEGIN IMMEDIATE');
      try {
        const results = pairs.map(([sql, values]) => run(sql, values));
        run('COMMIT');
        return results;
      } catch (error) {
        run('ROLLBACK');
        throw error;
      }
    },
  };
}
