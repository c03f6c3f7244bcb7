import { chmod, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { startTestApp } from '../../support/app/app';

describe('the log of a start', () => {
  let folder: string;
  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'caret-warnings-'));
    await chmod(folder, 0o755);
  });
  afterEach(() => rm(folder, { recursive: true, force: true }));

  async function warningsOf(env: Record<string, string>) {
    const app = await startTestApp({ env });
    const lines = app.logs().trim().split('\n');
    await app.stop();
    return lines.map((line) => JSON.parse(line)).filter(({ level }) => level === 40);
  }

  it('has one warning with its variable for each exposing setting', async () => {
    const warnings = await warningsOf({
      HOST: '0.0.0.0',
      DATA_DIR: folder,
      EGRESS_MODE: 'strict',
      EGRESS_ALLOW: 'llm.example.com:443',
    });
    expect(warnings.map(({ variable }) => variable).sort()).toEqual([
      'DATA_DIR',
      'EGRESS_ALLOW',
      'TRUST_PROXY',
    ]);
  });

  it('has no warning for safe settings', async () => {
    expect(await warningsOf({})).toEqual([]);
  });
});
