import type { LoggerService } from '@nestjs/common';
import { type DestinationStream, type Logger, pino } from 'pino';
import { describeError, nameOrCode } from './describe-error';

/** How long a line may wait in memory, in milliseconds. */
const FLUSH_MS = 200;
const BATCH_LENGTH = 32_768;

export interface LogOptions {
  readonly level: string;
  /** Where lines go; default is standard output, in batches. */
  readonly stream?: DestinationStream;
}

/** One JSON object a line. Batches lines: a write for each would cost more than the request it tells of. */
export function createLogger({ level, stream }: LogOptions): Logger {
  const options = { level, base: null, timestamp: timeField };
  if (stream) return pino(options, stream);
  return pino(options, batchedStandardOutput());
}

/**
 * Writes lines of which the fields are JSON already, as the logger itself would write them. Does nothing where the level
 * is not logged.
 */
export function lineWriter(logger: Logger, level: 'debug' | 'info' | 'warn'): (fields: string) => void {
  if (!logger.isLevelEnabled(level)) return () => undefined;
  const stream = (logger as unknown as Record<symbol, DestinationStream>)[pino.symbols.streamSym]!;
  const start = `{"level":${logger.levels.values[level]}`;
  return (fields) => stream.write(`${start}${timeField()},${fields}}\n`);
}

let formattedTime = NaN;
let formattedField = '';

/** Formatted once a millisecond: the lines of a busy service share many. */
function timeField(): string {
  const now = Date.now();
  if (now !== formattedTime) {
    formattedTime = now;
    formattedField = `,"time":"${new Date(now).toISOString()}"`;
  }
  return formattedField;
}

/** Not pino's own destination: at exit it waits for ever where the reader of a pipe has gone. */
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

/** Nest's own messages, through the same lines. Those of start-up detail are for debugging only. */
export class NestLogger implements LoggerService {
  constructor(private readonly logger: Logger) {}

  log(message: unknown, context?: string): void {
    const detail = context !== undefined && START_UP_CONTEXTS.has(context);
    this.logger[detail ? 'debug' : 'info']({ context }, String(message));
  }

  warn(message: unknown, context?: string): void {
    this.logger.warn({ context }, String(message));
  }

  error(message: unknown, ...rest: unknown[]): void {
    // Nest gives a stack there too, which begins with the message.
    const context = nameOrCode(rest.at(-1));
    // Nest logs an error of listening with its message and throws it as well: who started the application tells.
    if (context === 'NestApplication') return;
    // Without a context it is what somebody threw, which may be a text as well.
    const isOwnText = typeof message === 'string' && context !== undefined;
    if (isOwnText) this.logger.error({ context }, message);
    else this.logger.error({ context, error: describeError(message) }, 'error');
  }

  debug(message: unknown, context?: string): void {
    this.logger.debug({ context }, String(message));
  }

  verbose(message: unknown, context?: string): void {
    this.logger.trace({ context }, String(message));
  }
}

const START_UP_CONTEXTS = new Set([
  'NestFactory',
  'InstanceLoader',
  'RoutesResolver',
  'RouterExplorer',
  'NestApplication',
]);
