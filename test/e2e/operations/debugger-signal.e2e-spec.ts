import { randomBytes } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { ServiceProcess } from '../../support/app/service-process';
import { createTestDatabase, type TestDatabase } from '../../support/database/database';

/** Node opens its debugger within milliseconds. */
const OPENING_MS = 1000;

describe('SIGUSR1', () => {
  let database: TestDatabase;
  let service: ServiceProcess;

  beforeAll(async () => {
    database = await createTestDatabase();
    const ENCRYPTION_KEYS = `first:${randomBytes(32).toString('base64')}`;
    service = await ServiceProcess.start({ ...database.env, ENCRYPTION_KEYS, EGRESS_MODE: 'local' });
  });
  afterAll(async () => {
    await service.kill();
    await database.drop();
  });

  it('opens no debugger, and the service goes on', async () => {
    const url = await service.listening();
    service.signal('SIGUSR1');
    await sleep(OPENING_MS);
    expect((await fetch(`${url}/healthz`)).status).toBe(200);
    expect(service.output).not.toMatch(/debugger|inspector/i);
  });
});
