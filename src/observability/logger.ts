import type { LoggerService } from '@nestjs/common';
import { type DestinationStream, type Logger, pino } from 'pino';
import { wallClock } from '../common/timestamp';
import { describeError, nameOrCode } from './describe-error';
import { ErrorEntry } from './error-entry';
import { VariableWarning } from './variable-warning';

/** How long a line may wait in memory, in milliseconds. */
const FLUSH_MS = 200;
const BATCH_LENGTH = 32_768;

export interface LogOptions {
  readonly level: string;
  /** Receives the lines. Default: standard output, in batches. */
  readonly stream?: DestinationStream;
}

/** Creates a logger that writes one JSON object per line, in batches, because a write per line is expensive. */
export function createLogger({ level, stream }: LogOptions): Logger {
  const options = { level, base: null, timestamp: timeField };
  if (stream) return pino(options, stream);
  return pino(options, batchedStandardOutput());
}

/** Returns a function that logs a line whose fields are JSON already. It does nothing if the level is not logged. */
export function lineWriter(logger: Logger, level: 'debug' | 'info' | 'warn'): (fields: string) => void {
  if (!logger.isLevelEnabled(level)) return () => undefined;
  const stream = (logger as unknown as Record<symbol, DestinationStream>)[pino.symbols.streamSym]!;
  const start = `{"level":${logger.levels.values[level]}`;
  return (fields) => stream.write(`${start}${timeField()},${fields}}\n`);
}

let formattedTime = NaN;
let formattedField = '';

/** Formats the time once per millisecond, because the lines of a busy service share it. */
function timeField(): string {
  const now = wallClock();
  if (now !== formattedTime) {
    formattedTime = now;
    formattedField = `,"time":"${new Date(now).toISOString()}"`;
  }
  return formattedField;
}

/** Replaces pino's own destination, which hangs at exit if the reader of the pipe has gone. */
function batchedStandardOutput(): DestinationStream {
  let lines = '';
  const flush = (): void => {
    if (lines === '') return;
    const batch = lines;
    lines = '';
    process.stdout.write(batch);
  };
  setInterval(flush, FLUSH_MS).unref();
  process.on('exit', flush);
  return {
    write(line) {
      lines += line;
      if (lines.length >= BATCH_LENGTH) flush();
    },
  };
}

/** Logs Nest's messages as the same kind of lines. Details of the start-up have the level debug. */
export class NestLogger implements LoggerService {
  constructor(private readonly logger: Logger) {}

  log(message: unknown, context?: string): void {
    const detail = context !== undefined && START_UP_CONTEXTS.has(context);
    this.logger[detail ? 'debug' : 'info']({ context }, String(message));
  }

  warn(message: unknown, context?: string): void {
    this.write('warn', message, context);
  }

  error(message: unknown, ...rest: unknown[]): void {
    // Nest may pass a stack there, which begins with the message.
    const context = nameOrCode(rest.at(-1));
    // Nest logs an error of listening with its message, and throws it too. The caller of `listen` reports it.
    if (context === 'NestApplication') return;
    // Without a context it is a thrown value, which may be a text.
    const isOwnText = typeof message === 'string' && context !== undefined;
    if (isOwnText || message instanceof ErrorEntry) this.write('error', message, context);
    else this.logger.error({ context, error: describeError(message) }, 'error');
  }

  debug(message: unknown, context?: string): void {
    this.logger.debug({ context }, String(message));
  }

  verbose(message: unknown, context?: string): void {
    this.logger.trace({ context }, String(message));
  }

  private write(level: 'warn' | 'error', message: unknown, context?: string): void {
    if (message instanceof VariableWarning) {
      return this.logger[level]({ context, variable: message.variable }, message.text);
    }
    if (!(message instanceof ErrorEntry)) return this.logger[level]({ context }, String(message));
    const { text, traceId, error } = message;
    this.logger[level]({ context, trace_id: traceId, error }, text);
  }
}

const START_UP_CONTEXTS = new Set([
  'NestFactory',
  'InstanceLoader',
  'RoutesResolver',
  'RouterExplorer',
  'NestApplication',
]);
