import { randomBytes } from 'node:crypto';
import { runCommand } from '../support/app/command-line';
import { ServiceProcess } from '../support/app/service-process';
import { createProvider } from '../support/clients/accounts';
import { ApiClient } from '../support/clients/api-client';
import { createSqliteTestDatabase } from '../support/database/database-sqlite';
import { timed } from '../support/pace';
import { createModel, problem } from '../support/registry/factories';
import { resolve } from '../support/registry/routing';
import { copyModel } from '../support/registry/seed-rows';
import { report } from '../support/report';

const MODELS = 1_500;

/** How much longer the other account may wait beside the large one. */
const MAX_RATIO = 100;

it('routes another account in a heap of 256 MB while the registry of one account is too large', async () => {
  const database = await createSqliteTestDatabase();
  const BOOTSTRAP_TOKEN = randomBytes(24).toString('hex');
  const env = { ...database.env, BOOTSTRAP_TOKEN, NODE_OPTIONS: '--max-old-space-size=256' };
  let service = await ServiceProcess.start(env);
  try {
    let api = new ApiClient(await service.listening(), BOOTSTRAP_TOKEN);
    const advanced_json = { metadata: { text: 'x'.repeat(65_000) } };
    const { id } = await createProvider(api);
    const model = await createModel(api, id, { advanced_json });
    await service.kill();
    const { output } = await runCommand(env, 'account', 'create', '--name', 'other');
    const otherToken = /^token +(\S+)$/m.exec(output)![1]!;
    await copyModel(database, model.id, MODELS, (index) => `copy-${index}`);
    await database.query('UPDATE accounts SET revision = revision + 1');

    service = await ServiceProcess.start(env);
    api = new ApiClient(await service.listening(), BOOTSTRAP_TOKEN);
    const other = api.as(otherToken);
    await createProvider(other, {}, ['m']);
    const route = () => timed(() => resolve(other));
    const alone: number[] = [];
    for (let turn = 0; turn < 20; turn++) alone.push((await route()).milliseconds);

    let isRunning = true;
    const waits: number[] = [];
    const routing = (async () => {
      while (isRunning) {
        const { result, milliseconds } = await route();
        expect(result.status).toBe(200);
        waits.push(milliseconds);
      }
    })();
    for (let turn = 0; turn < 20; turn++) {
      const response = await resolve(api);
      expect(problem(response)).toEqual({ status: 503, code: 'routing.too_large' });
    }
    isRunning = false;
    await routing;
    const ratio = Math.max(...waits) / Math.max(1, ...alone);
    report(
      `routing memory: 256 MB heap, ${MODELS} models: longest wait ${Math.max(...waits)} ms, alone ${Math.max(...alone)} ms`,
    );
    expect(ratio).toBeLessThan(MAX_RATIO);
    expect((await api.get('/readyz')).status).toBe(200);
  } finally {
    await service.kill();
    await database.drop();
  }
});
