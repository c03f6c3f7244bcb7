import { type ArgumentsHost, Catch, type ExceptionFilter, HttpException, Logger } from '@nestjs/common';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { DomainError } from '../../common/domain-error';
import { truncate } from '../../common/truncate';
import { ErrorEntry } from '../../observability/error-entry';
import { ClientDisconnected } from '../client-disconnected';
import { replyOf, requestOf } from '../request-context';
import { closeIfUnread } from '../unread-body';
import { formatError } from './error-format';
import { httpProblem, knownHttpProblem, type ProblemBody, type ProblemContext, problemOf } from './problem';

/** The status in the access log and the metrics, as in nginx: the client closed the connection. */
const CLIENT_CLOSED_REQUEST = 499;

/** A request line may have 16 KiB. */
const MAX_INSTANCE_LENGTH = 256;

/** Sends every error as `application/problem+json`. Logs an unexpected error and sends a 500 without its details. */
@Catch()
export class ProblemFilter implements ExceptionFilter {
  private readonly logger = new Logger('Http');

  catch(error: unknown, host: ArgumentsHost): void {
    const request = requestOf(host);
    const reply = replyOf(host);
    if (reply.sent) return;
    if (error instanceof ClientDisconnected) return void reply.code(CLIENT_CLOSED_REQUEST).send();
    const problem = this.toProblem(error, contextOf(request));
    if (error instanceof DomainError && error.retryAfterSeconds !== undefined) {
      reply.header('retry-after', String(error.retryAfterSeconds));
    }
    if (error instanceof DomainError && error.missingScopes) {
      const scope = error.missingScopes.join(' ');
      reply.header('www-authenticate', `Bearer realm="caret", error="insufficient_scope", scope="${scope}"`);
    }
    sendProblem(reply, problem);
  }

  private toProblem(error: unknown, context: ProblemContext): ProblemBody {
    if (error instanceof DomainError) {
      if (error.cause) this.logCause(error, context);
      return problemOf(error, context);
    }
    const known = error instanceof HttpException ? knownHttpProblem(error.getStatus(), context) : null;
    if (known) return known;
    this.logger.error(new ErrorEntry('unexpected error', error, context.traceId));
    return httpProblem(
      500,
      'internal',
      'Unexpected error in Caret. Report the trace_id, which the log contains.',
      context,
    );
  }

  private logCause(error: DomainError, { traceId }: ProblemContext): void {
    this.logger.warn(new ErrorEntry(error.code, error.cause, traceId));
  }
}

export function contextOf(request: FastifyRequest): ProblemContext {
  return { instance: truncate(request.url.split('?', 1)[0]!, MAX_INSTANCE_LENGTH), traceId: request.id };
}

export function sendProblem(reply: FastifyReply, problem: ProblemBody): FastifyReply {
  closeIfUnread(reply);
  const { request } = reply;
  const formatted = formatError(reply.server.server, request.raw, problem);
  if (formatted) {
    const { status, requestId, headers, body } = formatted;
    request.id = requestId;
    return reply.code(status).headers(headers).send(body);
  }
  return reply
    .code(problem.status)
    .header('content-type', 'application/problem+json; charset=utf-8')
    .header('cache-control', 'no-store')
    .send(JSON.stringify(problem));
}
