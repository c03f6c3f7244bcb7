/**
 * The least that one row costs to read or write over HTTP: bare node:http and the bare statement of the job through
 * the database's own driver, prepared, each write a transaction of one statement. No auth, no seal, no checks, no audit
 * event, no revision, no change log. Its argument is a file of `{ database, provider, model }`: what {@link openDatabase}
 * takes, and the ids of the rows that are read and changed.
 */
import { readFileSync } from 'node:fs';
import { createServer } from 'node:http';
import { v7 as newId } from 'uuid';
import { openDatabase } from './database.mjs';
import { sayListening } from './listening.mjs';

const { database, provider, model, columns } = JSON.parse(readFileSync(process.argv[2], 'utf8'));
const { read } = openDatabase(database);

const select = (table) => `SELECT * FROM ${table} WHERE id = ?`;
const insert = (table) =>
  `INSERT INTO ${table} (${columns[table].join(', ')}) VALUES (${columns[table].map(() => '?').join(', ')})`;
const MODELS = 'SELECT * FROM provider_models WHERE provider_id = ?';
const PATCH = 'UPDATE provider_models SET priority = ? WHERE id = ?';

const [providerRow] = await read(select('providers'), [provider]);
const [modelRow] = await read(select('provider_models'), [model]);
const copyOf = (table, row, values) =>
  columns[table].map((name, index) => (name in values ? values[name] : row[index]));

const jobs = {
  'GET /provider': async () => [await read(select('providers'), [provider]), await read(MODELS, [provider])],
  'GET /model': () => read(select('provider_models'), [model]),
  'POST /provider': ({ name }) => insertCopy('providers', providerRow, { name, name_key: name }),
  'POST /model': ({ model: name }) =>
    insertCopy('provider_models', modelRow, { model: name, model_key: name, default_of: null }),
  async 'PATCH /model'({ priority }) {
    await read(PATCH, [priority, model]);
    return { priority };
  },
};

async function insertCopy(table, row, values) {
  const id = newId();
  await read(insert(table), copyOf(table, row, { ...values, id }));
  return { id };
}

const server = createServer((request, response) => {
  const chunks = [];
  request.on('data', (chunk) => chunks.push(chunk));
  request.on('end', () => void answer(request, response, Buffer.concat(chunks)));
});

async function answer(request, response, body) {
  try {
    const result = await jobs[`${request.method} ${request.url}`](body.length > 0 ? JSON.parse(body) : null);
    const status = request.method === 'POST' ? 201 : 200;
    response.writeHead(status, { 'Content-Type': 'application/json' }).end(JSON.stringify(result));
  } catch (error) {
    response.writeHead(500).end(String(error.code ?? error.name));
  }
}

server.listen(0, '127.0.0.1', () => sayListening(server.address()));
