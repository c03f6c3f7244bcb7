import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { closeSync, openSync, readFileSync } from 'node:fs';
import type { Socket } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';

/** Waits for the end of its input, which the system closes however the test process ends, and cleans up after it. */
const WATCHDOG = 'read -r _; kill -9 "$1" 2>/dev/null; rm -rf -- "$2"';

export interface ProcessOptions {
  readonly logFile: string;
  /** Removed when the test process dies before {@link ServerProcess.end}. */
  readonly directory: string;
}

/** A server that ends with the process that started it, even when that one is killed with SIGKILL. */
export class ServerProcess {
  private readonly watchdog: ChildProcess;
  private readonly ended: Promise<unknown>;

  private constructor(
    private readonly child: ChildProcess,
    private readonly logFile: string,
    directory: string,
  ) {
    this.ended = once(child, 'exit');
    const pid = String(child.pid);
    this.watchdog = spawn('/bin/sh', ['-c', WATCHDOG, 'watchdog', pid, directory], {
      detached: true,
      stdio: ['pipe', 'ignore', 'ignore'],
    });
    this.watchdog.unref();
    (this.watchdog.stdin as Socket).unref();
    child.unref();
  }

  /** Rejects when the program cannot be started at all. */
  static async start(
    program: string,
    args: readonly string[],
    options: ProcessOptions,
  ): Promise<ServerProcess> {
    const log = openSync(options.logFile, 'a');
    try {
      const child = spawn(program, args, { detached: true, stdio: ['ignore', log, log] });
      await once(child, 'spawn');
      return new ServerProcess(child, options.logFile, options.directory);
    } finally {
      closeSync(log);
    }
  }

  get running(): boolean {
    return this.child.exitCode === null && this.child.signalCode === null;
  }

  signal(signal: NodeJS.Signals): void {
    this.child.kill(signal);
  }

  /** Sends `signal` and waits for the end; SIGKILL follows after ten seconds. */
  async end(signal: 'SIGTERM' | 'SIGKILL'): Promise<void> {
    if (this.running) await this.terminate(signal);
    this.watchdog.kill('SIGKILL');
    this.watchdog.stdin?.destroy();
  }

  /** The last lines that the server wrote, for an error. */
  logTail(lines = 20): string {
    return readFileSync(this.logFile, 'utf8').trimEnd().split('\n').slice(-lines).join('\n');
  }

  private async terminate(signal: 'SIGTERM' | 'SIGKILL'): Promise<void> {
    this.child.ref();
    this.signal(signal);
    if (signal === 'SIGTERM') this.signal('SIGCONT');
    const inTime = await Promise.race([this.ended.then(() => true), sleep(10_000, false, { ref: false })]);
    if (inTime) return;
    this.signal('SIGKILL');
    await this.ended;
  }
}
