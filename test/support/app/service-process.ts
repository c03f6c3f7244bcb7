import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { eventually } from '../eventually';

/** The service as an operator starts it: `src/main.ts` in a process of its own, with this environment and no other. */
export class ServiceProcess {
  private text = '';
  /** Resolves with the exit code, null where a signal ended it, once all output has been read. */
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

  /** Does not wait. In a directory of its own, so that no `.env` file and no data lie around. */
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

  /** Spawns and waits until it listens. */
  static async start(env: Readonly<Record<string, string>>): Promise<ServiceProcess> {
    const service = await ServiceProcess.spawn(env);
    await service.listening();
    return service;
  }

  /** All that it wrote so far, log and messages. */
  get output(): string {
    return this.text;
  }

  /** Its URL, once it listens. Rejects with its output when it ends instead. */
  async listening(): Promise<string> {
    const url = /Caret is listening on (http:\/\/\S+)/;
    let ended = false;
    void this.exited.then(() => (ended = true));
    await eventually('the service listens', () => ended || url.test(this.text));
    const found = url.exec(this.text)?.[1];
    if (!found) throw new Error(`the service ended instead of listening\n${this.text}`);
    return found;
  }

  /** What the system counts as its memory now, in bytes. */
  residentBytes(): number {
    const status = readFileSync(`/proc/${this.child.pid}/status`, 'utf8');
    return Number(/^VmRSS:\s+(\d+) kB$/m.exec(status)?.[1]) * 1024;
  }

  signal(signal: NodeJS.Signals): void {
    this.child.kill(signal);
  }

  /** Ends it, whatever it does, and resolves when it is gone. */
  async kill(): Promise<void> {
    this.signal('SIGKILL');
    await this.exited;
  }
}
