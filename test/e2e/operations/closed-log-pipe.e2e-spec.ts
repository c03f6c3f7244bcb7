import { spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { join } from 'node:path';
import { createTestDatabase, type TestDatabase } from '../../support/database/database';
import { eventually } from '../../support/eventually';

describe('a service whose log pipe is closed', () => {
  let database: TestDatabase;

  beforeEach(async () => {
    database = await createTestDatabase();
  });
  afterEach(() => database.drop());

  it('continues to serve, and exits with 0 after SIGTERM', async () => {
    const key = randomBytes(32).toString('base64');
    const env = { ...database.env, PATH: process.env['PATH'], PORT: '0', ENCRYPTION_KEYS: `k:${key}` };
    const child = spawn(
      process.execPath,
      [join(__dirname, '../../support/app/typescript-main.js'), 'src/main.ts'],
      {
        env,
      },
    );
    let messages = '';
    child.stderr.setEncoding('utf8').on('data', (text: string) => (messages += text));
    child.stdout.destroy();
    try {
      const url = () => /listening on (http:\S+)/.exec(messages)?.[1];
      await eventually('it listens', () => url() !== undefined);
      for (let request = 0; request < 100; request++) {
        expect((await fetch(`${url()}/healthz`)).status).toBe(200);
      }
      const ended = once(child, 'exit');
      child.kill('SIGTERM');
      expect(await ended).toEqual([0, null]);
    } finally {
      child.kill('SIGKILL');
    }
  });
});
