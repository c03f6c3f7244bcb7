/**
 * The floor of the list on this stack, without authentication. `warm` reads the account's revision by primary key and
 * sends a static buffer, `unchanged` sends a bare 304 instead, and `cold` builds the complete list. Its argument is a
 * file with `{ database, accountId, document }`: the argument of {@link openDatabase}, the account and the list's file.
 */
import { readFileSync } from 'node:fs';
import { Controller, Get, Header, HttpCode } from '@nestjs/common';
import { openDatabase } from './database.mjs';
import { readList } from './list-document.mjs';
import { decorate, listen } from './nest-app.mjs';

const { database, accountId, document } = JSON.parse(readFileSync(process.argv[2], 'utf8'));
const bytes = readFileSync(document);
const { read } = openDatabase(database);
const readRevision = () => read('SELECT revision FROM accounts WHERE id = ?', [accountId]);

class ListController {
  async warm() {
    await readRevision();
    return bytes;
  }

  async unchanged() {
    await readRevision();
  }

  cold() {
    return readList(read, accountId);
  }
}

const json = Header('Content-Type', 'application/json; charset=utf-8');
decorate(ListController, 'warm', Get('warm'), json);
decorate(ListController, 'unchanged', Get('unchanged'), HttpCode(304));
decorate(ListController, 'cold', Get('cold'), json);
decorate(ListController, null, Controller());

await listen(ListController);
