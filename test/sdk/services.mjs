import { randomBytes } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { Program } from '../../bench/program.mjs';

const MAIN = fileURLToPath(new URL('../../dist/main.js', import.meta.url));

/** Calls `work` with the environment of a driver, while a new Caret with an empty embedded database runs. */
export async function withService(upstreamUrl, work) {
  const directory = await mkdtemp(join(tmpdir(), 'caret-sdk-'));
  const token = randomBytes(24).toString('hex');
  try {
    const service = await Program.start([MAIN], {
      cwd: directory,
      env: {
        HOST: '127.0.0.1',
        PORT: '0',
        DATA_DIR: directory,
        BOOTSTRAP_TOKEN: token,
        EGRESS_MODE: 'local',
        SHUTDOWN_DELAY_SECONDS: '0',
      },
    });
    try {
      return await work({ CARET_URL: service.url, CARET_TOKEN: token, UPSTREAM_URL: upstreamUrl });
    } finally {
      await service.stop();
    }
  } finally {
    await rm(directory, { recursive: true, force: true });
  }
}
