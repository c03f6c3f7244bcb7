import { execFileSync } from 'node:child_process';
import { mkdtemp, rm, symlink } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ServiceProcess } from '../../support/app/service-process';
import { engine } from '../../support/database/database';

const onSqlite = engine === 'sqlite' ? describe : describe.skip;

onSqlite('a start with a file that never ends', () => {
  let folder: string;
  let service: ServiceProcess;

  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'caret-endless-'));
  });
  afterEach(async () => {
    await service.kill();
    await rm(folder, { recursive: true, force: true });
  });

  const spawn = async (more: Record<string, string>) => {
    service = await ServiceProcess.spawn({ DATA_DIR: folder, ...more });
    return service;
  };
  const pipe = (name: string) => {
    execFileSync('mkfifo', ['-m', '600', join(folder, name)]);
    return join(folder, name);
  };
  const endlessLink = async (name: string) => {
    await symlink('/dev/zero', join(folder, name));
    return join(folder, name);
  };

  it.each<[string, () => unknown, string]>([
    ['a device as the key file', () => ({ ENCRYPTION_KEYS_FILE: '/dev/zero' }), 'ENCRYPTION_KEYS_FILE: '],
    [
      'a link to a device in place of encryption.keys',
      () => endlessLink('encryption.keys'),
      'encryption.keys in DATA_DIR: ',
    ],
    ['/proc as the data directory', () => ({ DATA_DIR: '/proc' }), 'DATA_DIR: '],
    ['descriptors as the data directory', () => ({ DATA_DIR: '/proc/self/fd' }), 'DATA_DIR: '],
    ['a pipe as the database', () => ({ DATABASE_URL: `sqlite:${pipe('x.db')}` }), 'DATABASE_URL: '],
    ['the kernel log as the database', () => ({ DATABASE_URL: 'sqlite:/proc/kmsg' }), 'DATABASE_URL: '],
    [
      'a new file below /proc as the database',
      () => ({ DATABASE_URL: 'sqlite:/proc/x.db' }),
      'DATABASE_URL: ',
    ],
    ['a pipe in place of the lock', () => void pipe('caret.db.lock'), 'DATA_DIR: '],
    ['a pipe as the authorities', () => ({ DATABASE_TLS: pipe('ca.pem') }), 'DATABASE_TLS: '],
  ])('is rejected with its cause: %s', async (_what, create, cause) => {
    const created = await create();
    const { exited } = await spawn(typeof created === 'object' ? (created as Record<string, string>) : {});
    expect(await exited).toBe(1);
    expect(service.output).toContain(cause);
  });

  it.each(['-wal', '-journal', '-shm'])('does not hang on a pipe in place of caret.db%s', async (suffix) => {
    pipe(`caret.db${suffix}`);
    await spawn({});
    const outcome = await Promise.race([service.exited, service.listening().catch(() => service.exited)]);
    expect(typeof outcome === 'string' || outcome === 1).toBe(true);
  });

  it('serves with a link to a device in place of admin-token', async () => {
    await endlessLink('admin-token');
    expect((await fetch(`${await (await spawn({})).listening()}/healthz`)).status).toBe(200);
  });
});
