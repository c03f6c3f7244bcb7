import { execFile } from 'node:child_process';
import { chmodSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { createConnection } from 'mysql2/promise';
import { freePort } from '../app/free-port';
import { eventually } from '../eventually';
import { findMariadb, type MariadbBinaries } from './mariadb-binaries';
import { createMariadbDatabase } from './mariadb-database';
import { MariadbProcess } from './mariadb-process';

const run = promisify(execFile);

/** Small and fast. A commit reaches the operating system, so it survives SIGKILL of the server but not a power cut. */
const SERVER_OPTIONS = [
  '--bind-address=127.0.0.1',
  '--skip-name-resolve',
  '--skip-log-bin',
  '--max-connections=500',
  '--innodb-flush-log-at-trx-commit=2',
  '--innodb-buffer-pool-size=64M',
  '--innodb-log-file-size=16M',
  '--performance-schema=OFF',
];

export interface MariadbOptions {
  /** More options for mariadbd, as `--name=value`. */
  readonly args?: readonly string[];
  /** Options for the first start only. */
  readonly firstArgs?: readonly string[];
  readonly port?: number;
}

/** A private MariaDB with its own data directory and a free port. Ends with the test process. */
export class MariadbServer {
  private process: MariadbProcess;

  private constructor(
    private readonly binaries: MariadbBinaries,
    private readonly directory: string,
    private readonly port: number,
    private readonly options: MariadbOptions,
  ) {}

  static find(): MariadbBinaries | null {
    return findMariadb();
  }

  /** Rejects with the end of the server's log when the server exits instead of accepting connections. */
  static async start(options: MariadbOptions = {}): Promise<MariadbServer> {
    const binaries = findMariadb();
    if (!binaries)
      throw new Error('mariadbd and mariadb-install-db not found: install the package mariadb-server');
    const directory = await mkdtemp(join(tmpdir(), 'caret-mariadb-'));
    const server = new MariadbServer(binaries, directory, options.port ?? (await freePort()), options);
    try {
      await server.install();
      await server.launch(options.firstArgs);
      return server;
    } catch (error) {
      await server.stop();
      throw error;
    }
  }

  /** The URL of a user with every privilege, from 127.0.0.1. */
  get rootUrl(): string {
    return `mariadb://root@127.0.0.1:${this.port}`;
  }

  /** The same user's URL for one database. */
  url(database: string): string {
    return `${this.rootUrl}/${database}`;
  }

  /** Creates an empty database and returns the URL of its owner, who has no privilege outside it. */
  createDatabase(): Promise<string> {
    return createMariadbDatabase(this.rootUrl);
  }

  /** Connections stay open without a response, as with a stalled disk or a network that drops packets. */
  freeze(): void {
    this.process.signal('SIGSTOP');
  }

  thaw(): void {
    this.process.signal('SIGCONT');
  }

  /** Ends the server like the kernel's out-of-memory killer. {@link restart} recovers what was committed. */
  kill(): Promise<void> {
    return this.process.end('SIGKILL');
  }

  /** Shuts down a running server, then starts it on the same port with the same data. */
  async restart(): Promise<void> {
    await this.process.end('SIGTERM');
    await this.launch();
  }

  /** Ends the server and removes its data. */
  async stop(): Promise<void> {
    await this.process?.end('SIGKILL');
    await rm(this.directory, { recursive: true, force: true });
  }

  private get dataDirectory(): string {
    return join(this.directory, 'data');
  }

  private get user(): string[] {
    return runsAsRoot() ? ['--user=mysql'] : [];
  }

  private async install(): Promise<void> {
    if (runsAsRoot()) await run('chown', ['mysql:', this.directory]);
    chmodSync(this.directory, 0o711);
    const args = [
      `--datadir=${this.dataDirectory}`,
      '--skip-test-db',
      '--auth-root-authentication-method=normal',
    ];
    try {
      await run(this.binaries.install, ['--no-defaults', ...this.user, ...args]);
    } catch (error) {
      const { stdout, stderr } = error as { stdout?: string; stderr?: string };
      throw new Error(`mariadb-install-db failed\n${stdout ?? ''}${stderr ?? ''}`, { cause: error });
    }
  }

  private async launch(firstArgs: readonly string[] = []): Promise<void> {
    // The socket is relative to the data directory, because a full path may exceed the 107 characters of a socket.
    // Each server has its own --tmpdir, because a start removes every temporary table it finds there.
    const paths = [
      `--datadir=${this.dataDirectory}`,
      `--tmpdir=${this.directory}`,
      `--port=${this.port}`,
      '--socket=mariadb.sock',
    ];
    const options = [...SERVER_OPTIONS, ...(this.options.args ?? []), ...firstArgs];
    const args = ['--no-defaults', ...this.user, ...paths, ...options];
    this.process = await MariadbProcess.start(this.binaries.server, args, {
      logFile: join(this.directory, 'mariadbd.log'),
      directory: this.directory,
    });
    await eventually('mariadbd accepts connections', () => this.acceptsConnections());
  }

  private async acceptsConnections(): Promise<boolean> {
    if (!this.process.isRunning) throw new Error(`mariadbd exited\n${this.process.logTail()}`);
    try {
      const connection = await createConnection({ uri: this.rootUrl });
      await connection.ping();
      await connection.end();
      return true;
    } catch {
      return false;
    }
  }
}

function runsAsRoot(): boolean {
  return process.getuid?.() === 0;
}
