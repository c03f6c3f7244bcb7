import { VERSION } from '../../../src/common/version';
import { startTestApp, type TestApp } from '../../support/app/app';
import { runCommand } from '../../support/app/command-line';
import { ServiceProcess } from '../../support/app/service-process';

describe('the version', () => {
  describe('of a running service', () => {
    let app: TestApp;

    beforeAll(async () => {
      app = await startTestApp();
    });
    afterAll(() => app.stop());

    it('is in the body of GET /healthz', async () => {
      expect((await app.clientFor().get('/healthz')).body).toEqual({ status: 'ok', version: VERSION });
    });

    it('is a label of the metric caret_build_info', async () => {
      const { text } = await app.clientFor().get('/metrics');
      expect(text).toContain(`\ncaret_build_info{version="${VERSION}"} 1\n`);
    });

    it('is in the first log line after the start, with the Node release, the engine and the address', () => {
      const lines = app.logs().split('\n').filter(Boolean);
      const started = lines.map((line) => JSON.parse(line) as object).filter((line) => 'version' in line);
      expect(started).toEqual([
        {
          level: 30,
          time: expect.any(String),
          version: VERSION,
          node: process.version,
          database: expect.stringMatching(/^(sqlite|mysql|mariadb)$/),
          address: '127.0.0.1',
          port: Number(new URL(app.url).port),
          msg: 'started',
        },
      ]);
    });
  });

  /** A configuration that stops everything else. */
  const UNUSABLE = { DATA_DIR: '/dev/null/data', PORT: 'none' };

  it('is printed by `node dist/main.js --version`, which needs no configuration', async () => {
    const service = await ServiceProcess.spawn(UNUSABLE, '--version');
    expect([await service.exited, service.output]).toEqual([0, `${VERSION}\n`]);
  });

  it('is printed by `npm run cli -- --version`, which needs no configuration', async () => {
    const result = await runCommand(UNUSABLE, '--version');
    expect(result).toEqual({ code: 0, output: `${VERSION}\n`, errors: '' });
  });
});
