import { randomBytes } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { startTestApp } from '../app/app';
import { ServiceProcess } from '../app/service-process';
import { issueToken } from '../clients/accounts';
import type { TestDatabase } from '../database/database';
import { eventually } from '../eventually';
import { createModel, createProvider } from '../registry/factories';
import type { Random } from '../registry/random';
import { startStrictUpstream, type StrictUpstream } from '../upstreams/strict/strict-upstream';
import { segmentsOf } from '../usage/journal-files';
import { GatewayClient } from './gateway-client';
import { readUsageRows, type UsageRow } from './usage-rows';

const CALLERS = 8;
const SELECTOR = 'strict^gpt-strict';

export interface GatewayKillReport {
  /** Calls that the upstream charged for. */
  readonly charged: number;
  readonly exact: number;
  readonly lost: number;
  /** Charged calls without a row, rows that are there twice, and responses that reached a caller without their row. */
  readonly faults: readonly string[];
}

/** Kills the service during calls, `rounds` times, and compares its ledger with the upstream's bill. */
export async function gatewayKillRounds(
  database: TestDatabase,
  rounds: number,
  random: Random,
): Promise<GatewayKillReport> {
  const upstream = await startStrictUpstream();
  const env = {
    ...database.env,
    ENCRYPTION_KEYS: `k:${randomBytes(32).toString('base64')}`,
    BOOTSTRAP_TOKEN: randomBytes(24).toString('hex'),
    EGRESS_MODE: 'local',
  };
  try {
    const token = await createTarget(database, env, upstream);
    const received: string[] = [];
    for (let round = 0; round < rounds; round++)
      received.push(...(await callUntilKilled(env, token, random)));
    const app = await startTestApp({ database, env });
    await eventually('all journals are loaded', () => segmentsOf(database).length === 0);
    await app.stop();
    return compare(await readUsageRows(database), upstream, received);
  } finally {
    await upstream.stop();
  }
}

async function createTarget(
  database: TestDatabase,
  env: Record<string, string>,
  { url, apiKeys }: StrictUpstream,
): Promise<string> {
  const app = await startTestApp({ database, env });
  const fields = { name: 'strict', provider: 'openai', base_url: `${url}/v1`, api_key: apiKeys[0] };
  const { id } = await createProvider(app.api, fields);
  await createModel(app.api, id, { model: 'gpt-strict', cost_per_1k_input: 1, cost_per_1k_output: 2 });
  const { token } = await issueToken(app, ['gateway:use']);
  await app.stop();
  return token;
}

/** Returns the ids of the requests whose whole response reached the caller before the kill. */
async function callUntilKilled(
  env: Record<string, string>,
  token: string,
  random: Random,
): Promise<string[]> {
  const service = await ServiceProcess.start(env);
  const client = new GatewayClient(await service.listening(), { authorization: `Bearer ${token}` });
  const received: string[] = [];
  let isKilled = false;
  const caller = async (): Promise<void> => {
    while (!isKilled) {
      const request = { model: SELECTOR, messages: [{ role: 'user', content: 'Hello' }] };
      const response = await client.post('/v1/chat/completions', request).catch(() => null);
      if (response?.status === 200) received.push(String(response.headers['x-request-id']));
    }
  };
  const callers = Array.from({ length: CALLERS }, caller);
  await eventually('a call has ended', () => received.length > 0);
  await sleep(random(1500));
  isKilled = true;
  await service.kill();
  await Promise.all(callers);
  client.close();
  return received;
}

function compare(
  rows: readonly UsageRow[],
  { bill }: StrictUpstream,
  received: readonly string[],
): GatewayKillReport {
  const exact = new Set(
    rows.filter(({ status }) => status === 'ok').map((row) => row['upstream_request_id']),
  );
  const served = new Set(rows.filter(({ status }) => status === 'ok').map((row) => row['request_id']));
  const lost = rows.filter(({ status }) => status === 'lost').length;
  const others = bill.filter(({ requestId }) => !exact.has(requestId)).length;
  const ids = rows.map((row) => `${String(row['request_id'])} ${String(row['attempt'])}`);
  const other = rows.filter(({ status }) => status !== 'ok' && status !== 'lost');
  const faults = [
    ...received.filter((id) => !served.has(id)).map((id) => `${id} reached its caller without a row`),
    ...ids.filter((id, index) => ids.indexOf(id) !== index).map((id) => `${id} is there twice`),
    ...other.map((row) => `${String(row['request_id'])} is ${String(row['status'])}`),
  ];
  if (others > lost) faults.push(`${others} charged calls have no exact row, but only ${lost} rows are lost`);
  return { charged: bill.length, exact: exact.size, lost, faults: faults.slice(0, 20) };
}
