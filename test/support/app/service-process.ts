import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { eventually } from '../eventually';

/** The service as an operator starts it: `src/main.ts` in its own process, with no other environment than given. */
export class ServiceProcess {
  private text = '';
  /** Resolves when all output has been read, with the exit code or, after a signal, with null. */
  readonly exited: Promise<number | null>;

  private constructor(
    private readonly child: ChildProcess,
    directory: string,
  ) {
    for (const stream of [child.stdout, child.stderr]) {
      stream?.setEncoding('utf8').on('data', (chunk: string) => (this.text += chunk));
    }
    this.exited = once(child, 'close').then(async ([code]) => {
      await rm(directory, { recursive: true, force: true });
      return code as number | null;
    });
  }

  /** Does not wait for the start. The empty working directory has no `.env` file and no data. */
  static async spawn(
    env: Readonly<Record<string, string>>,
    ...words: readonly string[]
  ): Promise<ServiceProcess> {
    const directory = await mkdtemp(join(tmpdir(), 'caret-service-'));
    const child = spawn(process.execPath, [join(__dirname, 'typescript-main.js'), 'src/main.ts', ...words], {
      cwd: directory,
      env: { PATH: process.env['PATH'], HOST: '127.0.0.1', PORT: '0', ...env },
      stdio: ['pipe', 'pipe', 'pipe'],
    });
    return new ServiceProcess(child, directory);
  }

  /** Spawns the service and waits until it listens. */
  static async start(env: Readonly<Record<string, string>>): Promise<ServiceProcess> {
    const service = await ServiceProcess.spawn(env);
    await service.listening();
    return service;
  }

  /** Its standard output and standard error so far. */
  get output(): string {
    return this.text;
  }

  /** Waits until the service listens and returns its URL. Rejects with its output when it exits instead. */
  async listening(): Promise<string> {
    const url = /Caret is listening on (http:\/\/\S+)/;
    let hasExited = false;
    void this.exited.then(() => (hasExited = true));
    await eventually('the service listens', () => hasExited || url.test(this.text));
    const found = url.exec(this.text)?.[1];
    if (!found) throw new Error(`the service exited instead of listening\n${this.text}`);
    return found;
  }

  /** Its resident memory in bytes. */
  residentBytes(): number {
    const status = readFileSync(`/proc/${this.child.pid}/status`, 'utf8');
    return Number(/^VmRSS:\s+(\d+) kB$/m.exec(status)?.[1]) * 1024;
  }

  signal(signal: NodeJS.Signals): void {
    this.child.kill(signal);
  }

  /** Sends SIGKILL and waits for the exit. */
  async kill(): Promise<void> {
    this.signal('SIGKILL');
    await this.exited;
  }
}
