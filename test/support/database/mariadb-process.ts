import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { closeSync, openSync, readFileSync } from 'node:fs';
import type { Socket } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';

/** Waits for the end of its input, which the system closes however the test process ends, and then cleans up. */
const WATCHDOG = 'read -r _; kill -9 "$1" 2>/dev/null; rm -rf -- "$2"';

export interface ProcessOptions {
  readonly logFile: string;
  /** Removed if the test process dies before {@link MariadbProcess.end}. */
  readonly directory: string;
}

/** A server that ends with its parent process, even after SIGKILL. */
export class MariadbProcess {
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

  /** Rejects when the program cannot be started. */
  static async start(
    program: string,
    args: readonly string[],
    options: ProcessOptions,
  ): Promise<MariadbProcess> {
    const log = openSync(options.logFile, 'a');
    try {
      const child = spawn(program, args, { detached: true, stdio: ['ignore', log, log] });
      await once(child, 'spawn');
      return new MariadbProcess(child, options.logFile, options.directory);
    } finally {
      closeSync(log);
    }
  }

  get isRunning(): boolean {
    return this.child.exitCode === null && this.child.signalCode === null;
  }

  signal(signal: NodeJS.Signals): void {
    this.child.kill(signal);
  }

  /** Sends `signal` and waits for the exit. Sends SIGKILL after ten seconds. */
  async end(signal: 'SIGTERM' | 'SIGKILL'): Promise<void> {
    if (this.isRunning) await this.terminate(signal);
    this.watchdog.kill('SIGKILL');
    this.watchdog.stdin?.destroy();
  }

  /** Returns the last lines of the server's log, for an error message. */
  logTail(lines = 20): string {
    return readFileSync(this.logFile, 'utf8').trimEnd().split('\n').slice(-lines).join('\n');
  }

  private async terminate(signal: 'SIGTERM' | 'SIGKILL'): Promise<void> {
    this.child.ref();
    this.signal(signal);
    if (signal === 'SIGTERM') this.signal('SIGCONT');
    const hasEnded = await Promise.race([this.ended.then(() => true), sleep(10_000, false, { ref: false })]);
    if (hasEnded) return;
    this.signal('SIGKILL');
    await this.ended;
  }
}
