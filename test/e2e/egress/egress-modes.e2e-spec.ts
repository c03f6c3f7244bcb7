import { startTestApp, type TestApp } from '../../support/app/app';
import { createProvider, problem, providerBody, providerPath } from '../../support/registry/factories';
import { availableModels, idsOf } from '../../support/upstreams/discovery-factories';
import { openaiModelList } from '../../support/upstreams/model-lists';
import { replyJson } from '../../support/upstreams/scripted-replies';
import { ScriptedUpstream } from '../../support/upstreams/scripted-upstream';

const denied = { status: 422, code: 'egress_denied' };
const unreachable = { status: 502, code: 'upstream_unreachable' };

describe('EGRESS_MODE', () => {
  let app: TestApp;
  let upstream: ScriptedUpstream;
  let other: ScriptedUpstream;

  beforeAll(async () => {
    const list = replyJson(openaiModelList(['one']));
    upstream = await ScriptedUpstream.start(list);
    other = await ScriptedUpstream.start(list);
  });
  afterAll(() => Promise.all([upstream.stop(), other.stop()]));
  const start = async (env: Record<string, string>) => {
    app = await startTestApp({ env });
  };
  const save = async (base_url: string) => {
    const response = await app.api.post('/v1/llm-providers', providerBody({ base_url }));
    return response.status === 201 ? 201 : { status: response.status, code: response.body.code };
  };
  /** Writes the URL into the row, without the check at save, and uses it. */
  const use = async (base_url: string) => {
    const provider = await createProvider(app.api);
    await app.database.query('UPDATE providers SET base_url = ? WHERE id = ?', [base_url, provider.id]);
    const response = await availableModels(app.api, providerPath(provider));
    return response.status === 200 ? idsOf(response) : problem(response);
  };

  describe('local', () => {
    beforeAll(() => start({ EGRESS_MODE: 'local' }));
    afterAll(() => app.stop());

    it('permits servers on this machine by address and by name', async () => {
      for (const host of ['127.0.0.1', 'localhost', '127.1', 'LOCALHOST.']) {
        const base_url = `http://${host}:${upstream.port}`;
        expect(await save(base_url)).toBe(201);
        expect(await use(base_url)).toEqual(['one']);
      }
    });

    it.each([
      'http://localhost:11434',
      'http://127.0.0.1:8000/v1',
      'http://192.168.1.20:11434',
      'http://10.0.0.5:8000',
      'http://[fd12:3456::1]:8000',
      'http://host.docker.internal:11434',
      'http://ollama:11434',
      'https://api.openai.com/v1',
    ])('permits %s', async (base_url) => {
      expect(await save(base_url)).toBe(201);
    });

    it.each([
      'http://127.0.0.1',
      'http://localhost',
      'http://127.0.0.1:1023',
      'http://192.168.0.1:443',
      'http://ollama',
      'http://169.254.169.254:8080',
      'http://[::ffff:a9fe:a9fe]:8080',
      'http://[fd00:ec2::254]:8080',
      'http://100.100.100.200:8080',
      'http://168.63.129.16:32526',
      'http://192.0.0.192:8080',
      'http://metadata.google.internal:8080',
      'http://0.0.0.0:8080',
      'http://224.0.0.1:8080',
      'http://[fe80::1]:8080',
      'http://[ff02::1]:8080',
      'http://100.64.0.1:8080',
    ])('denies %s when it is saved and when it is used', async (base_url) => {
      expect(await save(base_url)).toEqual(denied);
      expect(await use(base_url)).toEqual(denied);
    });

    it('returns different errors for denied and unreachable destinations', async () => {
      const gone = await ScriptedUpstream.start();
      await gone.stop();
      expect(await use(gone.url)).toEqual(unreachable);
      expect(await use('http://no-such-name.invalid:8080')).toEqual(unreachable);
    });
  });

  describe('allow', () => {
    afterEach(() => app.stop());

    const listed = () => `127.0.0.1:${upstream.port}`;

    it('permits only the listed address and port, in any spelling', async () => {
      await start({ EGRESS_MODE: 'allow', EGRESS_ALLOW: listed() });
      for (const host of ['127.0.0.1', '127.1', '2130706433']) {
        expect(await save(`http://${host}:${upstream.port}/v1`)).toBe(201);
        expect(await use(`http://${host}:${upstream.port}/v1`)).toEqual(['one']);
      }
      other.connections = 0;
      for (const base_url of [
        other.url,
        `http://127.0.0.2:${upstream.port}`,
        `http://10.0.0.1:${upstream.port}`,
      ]) {
        expect(await save(base_url)).toEqual(denied);
        expect(await use(base_url)).toEqual(denied);
      }
      expect(other.connections).toBe(0);
      expect(await save('https://api.openai.com/v1')).toBe(201);
    });

    it('permits a listed name, but not its address', async () => {
      await start({ EGRESS_MODE: 'allow', EGRESS_ALLOW: `localhost:${upstream.port}` });
      expect(await save(`http://localhost:${upstream.port}`)).toBe(201);
      expect(await use(`http://localhost:${upstream.port}`)).toEqual(['one']);
      expect(await use(`http://localhost:${other.port}`)).toEqual(denied);
      expect(await use(upstream.url)).toEqual(denied);
    });

    it('permits a listed network on one port', async () => {
      await start({ EGRESS_MODE: 'allow', EGRESS_ALLOW: `10.1.0.0/16:8080,127.0.0.0/8:${upstream.port}` });
      expect(await save('http://10.1.255.1:8080')).toBe(201);
      expect(await save('http://10.2.0.1:8080')).toEqual(denied);
      expect(await save('http://10.1.255.1:8081')).toEqual(denied);
      expect(await use(upstream.url)).toEqual(['one']);
    });

    it('permits a metadata address only as a literal, never by a network or a name', async () => {
      await start({ EGRESS_MODE: 'allow', EGRESS_ALLOW: '169.254.0.0/16:80,*.internal:80' });
      expect(await save('http://169.254.169.254')).toEqual(denied);
      expect(await use('http://169.254.169.254')).toEqual(denied);
      await app.stop();
      await start({ EGRESS_MODE: 'allow', EGRESS_ALLOW: '169.254.170.2:80' });
      expect(await save('http://169.254.170.2')).toBe(201);
    });
  });
});
