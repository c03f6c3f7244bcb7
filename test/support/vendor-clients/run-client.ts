import { fork } from 'node:child_process';
import { join } from 'node:path';
import type { StrictFault } from '../upstreams/strict/strict-faults';
import type { StrictUpstream } from '../upstreams/strict/strict-upstream';
import { ClientResults } from './client-results';

interface ClientMessage {
  readonly faults?: readonly StrictFault[];
  readonly results?: ConstructorParameters<typeof ClientResults>[0];
}

/**
 * Runs a client in a process of its own, because most SDKs are ESM, which Jest cannot load on Node 20. The client may
 * script the upstream's next faults.
 *
 * @param script a file of this folder
 */
export async function runClient(
  script: string,
  settings: object,
  upstream: StrictUpstream,
): Promise<ClientResults> {
  const env = {
    PATH: process.env['PATH'],
    VENDOR_CLIENT: JSON.stringify(settings),
    LANGSMITH_TRACING: 'false',
  };
  const child = fork(join(__dirname, script), { env, execArgv: ['--no-warnings'], stdio: 'pipe' });
  let output = '';
  for (const stream of [child.stdout, child.stderr]) stream?.on('data', (data) => (output += String(data)));
  let results: ClientMessage['results'];
  child.on('message', (message: ClientMessage) => {
    if (message.results) results = message.results;
    if (!message.faults) return;
    upstream.script(...message.faults);
    child.send('scripted');
  });
  const code = await new Promise<number | null>((resolve) => child.on('close', resolve));
  if (code !== 0 || results === undefined) throw new Error(`${script} ended with ${code}:\n${output}`);
  return new ClientResults(results);
}
