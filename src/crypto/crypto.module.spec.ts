import { randomBytes } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Type } from '@nestjs/common';
import { Test, type TestingModule } from '@nestjs/testing';
import { DataSource } from 'typeorm';
import { loadConfig } from '../config/config';
import { ConfigModule } from '../config/config.module';
import { DatabaseModule } from '../database/database.module';
import { CryptoModule } from './crypto.module';
import { CryptoService } from './crypto.service';
import { KeyCanary } from './key-canary.entity';
import { KeyCheckService } from './key-check.service';
import { KeyEvents } from './key-events';
import { KEY_PROVIDER } from './key-provider';
import { parseKeyRing } from './key-ring';
import { KeyStatusService } from './key-status.service';
import { RewrapService } from './rewrap.service';
import { SealedColumnRepository } from './sealed-column.repository';
import type { SealedColumn } from './sealed-columns';
import { ServerSecret } from './server-secret.entity';
import { ServerSecretRepository } from './server-secret.repository';
import { ServerSecretService } from './server-secret.service';

const entry = (keyId: string) => `${keyId}:${randomBytes(32).toString('base64')}`;
const column: SealedColumn = {
  table: 'vault',
  idColumn: 'id',
  accountColumn: 'account_id',
  sealedColumn: 'sealed',
  keyIdColumn: 'key_id',
  versionColumn: 'version',
  purpose: 'test',
  field: 'secret',
};

/** Records nothing, because the real one needs the accounts. */
const keyEvents = [{ provide: KeyEvents, useValue: { record: () => Promise.resolve() } }];

let folder: string;
let app: TestingModule | undefined;

beforeEach(() => (folder = mkdtempSync(join(tmpdir(), 'caret-crypto-'))));
afterEach(async () => {
  await app?.close();
  rmSync(folder, { recursive: true, force: true });
});

/** Starts the module with these keys. The database stays the same until the test ends. */
async function start(keys: string): Promise<void> {
  await app?.close();
  const schema = { entities: [KeyCanary, ServerSecret], migrations: [] };
  app = await Test.createTestingModule({
    imports: [
      ConfigModule.forRoot(loadConfig({ DATA_DIR: folder })),
      DatabaseModule.forRoot(schema, () => undefined),
      { module: class {}, global: true, providers: keyEvents, exports: keyEvents },
      CryptoModule.forRoot({ useFactory: () => parseKeyRing(keys) }, [column]),
    ],
  }).compile();
  const dataSource = await the(DataSource).initialize();
  await dataSource.synchronize();
  await dataSource.query(`CREATE TABLE IF NOT EXISTS vault
    (id varchar(36) PRIMARY KEY, account_id varchar(36), sealed text, key_id varchar(64), version integer)`);
}

const the = <T>(token: Type<T> | symbol): T => app!.get<T>(token);
const place = { purpose: 'test', accountId: 'account', table: 'vault', field: 'secret', version: 2 };
const contextOf = (id: string) => ({ ...place, rowId: id });
const sql = <T>(text: string, values: unknown[] = []) => the(DataSource).query<T[]>(text, values);
const verify = () => the(KeyCheckService).verify();
const isHealthy = () => the(KeyCheckService).isHealthy();
const rewrap = () => the(RewrapService).rewrap();

async function serve(keys: string): Promise<void> {
  await start(keys);
  await verify();
}

/** A verified service under a first key, and a second key to rotate to. */
async function begin(): Promise<[old: string, fresh: string]> {
  const old = entry('old');
  await serve(old);
  return [old, entry('new')];
}

async function put(id: string): Promise<void> {
  const { text, keyId } = await the(CryptoService).seal(`secret of ${id}`, contextOf(id));
  await sql('INSERT INTO vault VALUES (?, ?, ?, ?, ?)', [id, 'account', text, keyId, 2]);
}

async function read(id: string): Promise<string> {
  const [row] = await sql<{ sealed: never }>('SELECT sealed FROM vault WHERE id = ?', [id]);
  return the(CryptoService).open(row!.sealed, contextOf(id));
}

describe('KeyCheckService.verify', () => {
  it('passes on a new database and again, and creates one canary for each key', async () => {
    const keys = `${entry('new')},${entry('old')}`;
    await start(keys);
    await Promise.all([verify(), verify(), verify()]);
    await start(keys);
    expect(await isHealthy()).toBe(false);
    await verify();
    expect(await isHealthy()).toBe(true);
    const canaries = await sql<KeyCanary>('SELECT key_id AS keyId FROM key_canaries ORDER BY key_id');
    expect(canaries.map(({ keyId }) => keyId)).toEqual(['new', 'old']);
  });

  it('rejects another key under a known id, active or not', async () => {
    const good = entry('good');
    await serve(`${good},${entry('second')}`);
    await start(`${good},${entry('second')}`);
    await expect(verify()).rejects.toThrow("key 'second' is not the key this database was sealed with");
    await start(entry('good'));
    await expect(verify()).rejects.toMatchObject({ name: 'KeyRingError' });
    expect(await isHealthy()).toBe(false);
  });

  it('creates no canary for a wrong key when the canary is missing', async () => {
    const good = entry('good');
    await serve(good);
    await sql('DELETE FROM key_canaries');
    await start(entry('good'));
    await expect(verify()).rejects.toThrow("key 'good' is not the key");
    await serve(good);
  });

  it('names a key in use that is not configured', async () => {
    const old = entry('old');
    await serve(old);
    await put('a');
    await sql('DELETE FROM server_secrets');
    await start(entry('new'));
    await expect(verify()).rejects.toThrow("key 'old' is in use (vault.sealed, 1 row) but is not configured");
  });

  it('makes isHealthy false once the canary does not open', async () => {
    await serve(entry('a'));
    await sql("UPDATE key_canaries SET sealed = replace(sealed, 'v1.a.', 'v1.a.A')");
    expect(await isHealthy()).toBe(false);
  });
});

describe('ServerSecretService', () => {
  it('throws 503 for keyed hashes until the secret is loaded', async () => {
    await start(entry('a'));
    const unavailable = expect.objectContaining({ kind: 'unavailable' });
    expect(() => the(CryptoService).hmac('token', 'x')).toThrow(unavailable);
  });

  it('keeps keyed hashes valid through a key rotation, with other bytes for each purpose', async () => {
    const [old, fresh] = await begin();
    const before = the(CryptoService);
    const code = before.hmac('token', 'x');
    expect(code).toHaveLength(32);
    const values = [code, before.hmac('cursor', 'x'), before.hmac('token', 'y')];
    expect(new Set(values.map((value) => value.toString('hex'))).size).toBe(3);
    await serve(`${fresh},${old}`);
    await rewrap();
    await serve(fresh);
    expect(the(CryptoService).hmac('token', 'x')).toEqual(code);
  });

  it('creates one secret for concurrent replicas', async () => {
    await start(entry('a'));
    const replicas = Array.from({ length: 8 }, () => {
      const secrets = the(ServerSecretRepository);
      return new ServerSecretService(secrets, the(KEY_PROVIDER));
    });
    await Promise.all(replicas.map((replica) => replica.load()));
    expect(new Set(replicas.map((replica) => replica.value.toString('hex'))).size).toBe(1);
  });
});

describe('RewrapService.rewrap', () => {
  it('re-seals every value, so that the active key suffices', async () => {
    const [old, fresh] = await begin();
    for (let row = 0; row < 450; row += 1) await put(`row-${row}`);
    await sql("INSERT INTO vault VALUES ('none', 'account', NULL, NULL, 1)");
    await serve(`${fresh},${old}`);
    await put('row-new');
    const steps: number[] = [];
    const report = await the(RewrapService).rewrap(({ rewrapped }) => steps.push(rewrapped));
    const clean = { raced: 0, undecryptable: 0, remaining: 0 };
    expect(report.complete).toBe(true);
    expect(report.columns).toEqual([
      { table: 'server_secrets', column: 'sealed_value', rewrapped: 1, ...clean },
      { table: 'vault', column: 'sealed', rewrapped: 450, ...clean },
    ]);
    expect(steps).toEqual([1, 200, 400, 450]);
    await serve(fresh);
    for (const id of ['row-0', 'row-449', 'row-new']) expect(await read(id)).toBe(`secret of ${id}`);
  });

  it('keeps and counts a value that does not open, and reports an incomplete run', async () => {
    const [old, fresh] = await begin();
    await put('good');
    await put('bad');
    await sql("UPDATE vault SET version = 1 WHERE id = 'bad'");
    await serve(`${fresh},${old}`);
    const { complete, columns } = await rewrap();
    expect(complete).toBe(false);
    expect(columns[1]).toMatchObject({ rewrapped: 1, raced: 0, undecryptable: 1, remaining: 1 });
    const rows = [
      { table: 'server_secrets', column: 'sealed_value', count: 0 },
      { table: 'vault', column: 'sealed', count: 1 },
    ];
    expect(await the(KeyStatusService).status()).toEqual([
      expect.objectContaining({ keyId: 'new', configured: true, active: true, canary: true }),
      { keyId: 'old', configured: true, active: false, canary: true, rows },
    ]);
  });

  it('completes despite another run and concurrent changes of values', async () => {
    const [old, fresh] = await begin();
    for (let row = 0; row < 60; row += 1) await put(`row-${row}`);
    await start(`${fresh},${old}`);
    const change = async (id: string) => {
      const { text, keyId } = await the(CryptoService).seal(`changed ${id}`, contextOf(id));
      await sql('UPDATE vault SET sealed = ?, key_id = ? WHERE id = ?', [text, keyId, id]);
    };
    const changed = Array.from({ length: 20 }, (_, index) => `row-${index * 3}`);
    const [first, second] = await Promise.all([rewrap(), rewrap(), ...changed.map(change)]);
    expect([first.complete, second.complete]).toEqual([true, true]);
    for (const id of changed) expect(await read(id)).toBe(`changed ${id}`);
    expect(await read('row-1')).toBe('secret of row-1');
  });

  it('never overwrites a value that changed after it was read', async () => {
    const [old, fresh] = await begin();
    await put('a');
    const values = the(SealedColumnRepository);
    const [row] = await values.findOthers(column, 'new', '', 10);
    const changed = await the(CryptoService).seal('changed', contextOf('a'));
    await sql('UPDATE vault SET sealed = ?', [changed.text]);
    expect(await values.replace(column, row!, row!.sealed, 'new')).toBe(false);
    const foreign = { ...row!, sealed: changed.text, accountId: 'other' };
    expect(await values.replace(column, foreign, changed.text, 'new')).toBe(false);
    await start(`${fresh},${old}`);
    await rewrap();
    expect(await read('a')).toBe('changed');
  });
});
