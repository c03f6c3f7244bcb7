import { link, mkdir, mkdtemp, readdir, rename, rm, symlink } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ServiceProcess } from '../../support/app/service-process';
import { engine } from '../../support/database/database';
import { eventually } from '../../support/eventually';

const IN_USE = 'is in use by another Caret process.';
const onSqlite = engine === 'sqlite' ? describe : describe.skip;

onSqlite('the lock of an embedded database', () => {
  let folder: string;
  let other: string;
  let file: string;
  const running: ServiceProcess[] = [];

  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'caret-lock-'));
    other = join(folder, 'other');
    file = join(folder, 'data', 'caret.db');
    await mkdir(other);
  });
  afterEach(async () => {
    await Promise.all(running.splice(0).map((service) => service.kill()));
    await rm(folder, { recursive: true, force: true });
  });

  const spawn = async (path: string, more: Record<string, string> = {}) => {
    const env = { DATABASE_URL: `sqlite:${path}`, DATA_DIR: join(folder, 'data'), ...more };
    const service = await ServiceProcess.spawn(env);
    running.push(service);
    return service;
  };
  const start = async (path = file) => {
    const service = await spawn(path);
    return { service, url: await service.listening() };
  };
  const failedStart = async (path: string, more: Record<string, string> = {}) => {
    const service = await spawn(path, more);
    expect(await Promise.race([service.exited, service.listening().catch(() => service.exited)])).toBe(1);
    return service.output;
  };

  const aliases: [string, () => Promise<string>][] = [
    ['a symbolic link', () => symlink(file, join(other, 'x.db')).then(() => join(other, 'x.db'))],
    ['a hard link', () => link(file, join(other, 'x.db')).then(() => join(other, 'x.db'))],
    [
      'a link to its folder',
      () => symlink(join(folder, 'data'), join(other, 'x')).then(() => join(other, 'x', 'caret.db')),
    ],
    ['its new name', () => rename(file, join(other, 'x.db')).then(() => join(other, 'x.db'))],
  ];

  it.each(aliases)('rejects a second process through %s, which leaves no file', async (_what, create) => {
    const { url } = await start();
    const alias = await create();
    const before = await readdir(folder, { recursive: true });
    expect(await failedStart(alias)).toContain(`${alias} ${IN_USE}`);
    expect(await readdir(folder, { recursive: true })).toEqual(before);
    expect((await fetch(`${url}/readyz`)).status).toBe(200);
  });

  it('rejects one of two first starts, through a folder and a link to it', async () => {
    await symlink(join(folder, 'data'), join(other, 'data'));
    await mkdir(join(folder, 'data'));
    const services = await Promise.all([file, join(other, 'data', 'caret.db')].map((path) => spawn(path)));
    const urls = Promise.all(services.map((service) => service.listening()));
    await expect(urls).rejects.toThrow(IN_USE);
    const loser = await Promise.race(services.map((service) => service.exited.then(() => service)));
    expect(loser.output).toContain(IN_USE);
    const winner = services.find((service) => service !== loser)!;
    expect((await fetch(`${await winner.listening()}/readyz`)).status).toBe(200);
  });

  it('ends with a kill of its process, under every name', async () => {
    const { service } = await start();
    await service.kill();
    await symlink(file, join(other, 'x.db'));
    const second = await start(join(other, 'x.db'));
    expect((await fetch(`${second.url}/readyz`)).status).toBe(200);
    await second.service.kill();
    expect((await fetch(`${(await start()).url}/readyz`)).status).toBe(200);
  });

  it('leaves no file after a start that fails', async () => {
    const taken = await start();
    const own = join(other, 'data', 'caret.db');
    const output = await failedStart(own, { PORT: new URL(taken.url).port, DATA_DIR: join(other, 'data') });
    expect(output).toContain('PORT: another process listens');
    expect(await readdir(join(other, 'data'))).toEqual([]);
  });

  it('leaves no file after a stop', async () => {
    const { service } = await start();
    await eventually('the lock exists', async () =>
      (await readdir(join(folder, 'data'))).includes('caret.db.lock'),
    );
    service.signal('SIGINT');
    expect(await service.exited).toBe(0);
    expect(await readdir(join(folder, 'data'))).not.toContain('caret.db.lock');
  });
});
