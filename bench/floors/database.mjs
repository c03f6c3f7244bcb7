import { createRequire } from 'node:module';
import { promisify } from 'node:util';
import { createPool } from 'mysql2';

/**
 * Opens the registry's database with the fastest API of its driver: prepared statements and rows as arrays.
 * `read(sql, values)` returns rows. `write(statements)` runs pairs of SQL and values in one transaction and returns the
 * rows of each. Both may return promises.
 */
export function openDatabase({ databaseUrl, file }) {
  return databaseUrl ? openMariadb(databaseUrl) : openSqlite(file);
}

function openMariadb(uri) {
  const pool = createPool({ uri, connectionLimit: 10, rowsAsArray: true });
  const getConnection = promisify(pool.getConnection.bind(pool));
  return {
    // Callbacks, because mysql2's own promises are slower.
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
      // Bypasses the driver's wrapper, because rows as objects are slower.
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
