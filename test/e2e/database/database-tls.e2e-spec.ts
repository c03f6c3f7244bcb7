import { execFileSync } from 'node:child_process';
import { chmodSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { schema } from '../../../src/app/schema';
import { loadConfig } from '../../../src/config/config';
import { createDataSource } from '../../../src/database/create-data-source';
import { engine } from '../../support/database/database';
import { MariadbServer } from '../../support/database/mariadb-server';

/** Creates a self-signed certificate for one host. */
function createCertificate(directory: string, host: string) {
  const file = (name: string) => join(directory, `${host}.${name}`);
  const [key, certificate] = [file('key'), file('pem')];
  const subject = ['-subj', '/CN=caret-test', '-addext', `subjectAltName=DNS:${host}`];
  const options = ['-x509', '-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:P-256', '-nodes', '-days', '2'];
  execFileSync('openssl', ['req', ...options, ...subject, '-keyout', key, '-out', certificate], {
    stdio: 'ignore',
  });
  chmodSync(key, 0o644);
  return { key, certificate };
}

(engine === 'mariadb' ? describe : describe.skip)('DATABASE_TLS', () => {
  const directory = mkdtempSync(join(tmpdir(), 'caret-tls-'));
  let server: MariadbServer;
  let url: string;

  beforeAll(() => chmodSync(directory, 0o755));
  afterEach(() => server.stop());
  afterAll(() => rmSync(directory, { recursive: true }));

  async function startServer(host: string): Promise<string> {
    const { key, certificate } = createCertificate(directory, host);
    server = await MariadbServer.start({ args: [`--ssl-cert=${certificate}`, `--ssl-key=${key}`] });
    url = (await server.createDatabase()).replace('127.0.0.1', 'localhost');
    return certificate;
  }

  function connect(tls: string) {
    const { database } = loadConfig({ DATABASE_URL: url, DATABASE_TLS: tls });
    return createDataSource(database, 1, schema).initialize();
  }

  it('encrypts with a trusted certificate, and rejects a server with any other', async () => {
    const authorities = await startServer('localhost');
    const dataSource = await connect(authorities);
    const [status] = await dataSource.query<{ Value: string }[]>("SHOW STATUS LIKE 'Ssl_cipher'");
    expect(status!.Value).not.toBe('');
    await dataSource.destroy();
    await expect(connect('system')).rejects.toMatchObject({ code: 'HANDSHAKE_SSL_ERROR' });
  });

  it('rejects a certificate for another host', async () => {
    const authorities = await startServer('elsewhere.example');
    await expect(connect(authorities)).rejects.toThrow();
  });
});
