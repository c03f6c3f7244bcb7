import { execFile } from 'node:child_process';
import { chmodSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { promisify } from 'node:util';
import { createConnection } from 'mysql2/promise';
import { freePort } from '../app/free-port';
import { findMariadb, type MariadbBinaries } from './mariadb-binaries';
import { createMariadbDatabase } from './mariadb-database';
import { ServerProcess } from './mariadb-process';

const run = promisify(execFile);

/** How long a server may take to answer, in milliseconds. */
const START_DEADLINE = 30_000;

/** Small and quick. A commit reaches the operating system, so it survives SIGKILL of the server (not of the machine). */
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
  /** Of the first start alone. */
  readonly firstArgs?: readonly string[];
  readonly port?: number;
}

/** A real MariaDB of its own: private data directory, free port, gone when the test process is. */
export class MariadbServer {
  private process: ServerProcess;

  private constructor(
    private readonly binaries: MariadbBinaries,
    private readonly directory: string,
    private readonly port: number,
    private readonly options: MariadbOptions,
  ) {}

  static find(): MariadbBinaries | null {
    return findMariadb();
  }

  /** Rejects, with the end of the server's log, when it does not answer within 30 s. */
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

  /** A user who may do everything, from 127.0.0.1. */
  get rootUrl(): string {
    return `mariadb://root@127.0.0.1:${this.port}`;
  }

  /** The same user's URL of one database. */
  url(database: string): string {
    return `${this.rootUrl}/${database}`;
  }

  /** The URL of a new, empty database with a user of its own who may do everything in it, and nothing elsewhere. */
  createDatabase(): Promise<string> {
    return createMariadbDatabase(this.rootUrl);
  }

  /** Connections stay open and nothing answers, as with a stalled disk or a network that drops packets. */
  freeze(): void {
    this.process.signal('SIGSTOP');
  }

  thaw(): void {
    this.process.signal('SIGCONT');
  }

  /** As by the kernel's out-of-memory killer; {@link restart} brings it back with what was committed. */
  kill(): Promise<void> {
    return this.process.end('SIGKILL');
  }

  /** Stops in order, if it runs, and starts on the same port with the same data. */
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
    // The socket is named from the data directory: a whole path may exceed the 107 characters a socket can have.
    // And a server that starts removes the temporary tables that it finds, those of its neighbours too.
    const places = [
      `--datadir=${this.dataDirectory}`,
      `--tmpdir=${this.directory}`,
      `--port=${this.port}`,
      '--socket=mariadb.sock',
    ];
    const own = [...SERVER_OPTIONS, ...(this.options.args ?? []), ...firstArgs];
    const args = ['--no-defaults', ...this.user, ...places, ...own];
    this.process = await ServerProcess.start(this.binaries.server, args, {
      logFile: join(this.directory, 'mariadbd.log'),
      directory: this.directory,
    });
    const deadline = Date.now() + START_DEADLINE;
    while (!(await this.answers())) {
      if (this.process.running && Date.now() < deadline) await sleep(25);
      else throw new Error(`mariadbd did not come up\n${this.process.logTail()}`);
    }
  }

  private async answers(): Promise<boolean> {
    try {
      const connection = await createConnection({ uri: this.rootUrl, connectTimeout: 1000 });
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
