/**
 * The least that the list costs over MariaDB on this stack, without auth: the account's revision read by its primary
 * key, then a static buffer (warm) or a bare 304 (unchanged); and the whole list put together anew (cold). Its
 * argument is a file of `{ databaseUrl, accountId, document }`, `document` being the file with the list's bytes.
 */
import { readFileSync } from 'node:fs';
import { promisify } from 'node:util';
import { Controller, Get, Header, HttpCode } from '@nestjs/common';
import { createPool } from 'mysql2';
import { readList } from './list-document.mjs';
import { decorate, listen } from './nest-app.mjs';

const { databaseUrl, accountId, document } = JSON.parse(readFileSync(process.argv[2], 'utf8'));
const bytes = readFileSync(document);
const pool = createPool({ uri: databaseUrl, connectionLimit: 10, rowsAsArray: true });

// By callbacks: mysql2's own promises cost a quarter more for a row.
const execute = promisify(pool.execute.bind(pool));
const readRevision = () => execute('SELECT revision FROM accounts WHERE id = ?', [accountId]);

class ListController {
  async warm() {
    await readRevision();
    return bytes;
  }

  async unchanged() {
    await readRevision();
  }

  cold() {
    return readList(execute, accountId);
  }
}

const json = Header('Content-Type', 'application/json; charset=utf-8');
decorate(ListController, 'warm', Get('warm'), json);
decorate(ListController, 'unchanged', Get('unchanged'), HttpCode(304));
decorate(ListController, 'cold', Get('cold'), json);
decorate(ListController, null, Controller());

await listen(ListController);
