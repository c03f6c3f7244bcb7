import { createParamDecorator, type ExecutionContext } from '@nestjs/common';
import { ClientDisconnected } from '../client-disconnected';
import { replyOf } from '../request-context';

/**
 * Injects a signal that aborts when the client disconnects before it has its response. Fastify's `request.signal` is
 * unsuitable, because the request closes as soon as its body has been read.
 */
export const DisconnectSignal = createParamDecorator(
  (_data: unknown, context: ExecutionContext): AbortSignal => {
    const { raw } = replyOf(context);
    const disconnected = new AbortController();
    if (raw.destroyed || raw.socket?.destroyed) disconnected.abort(new ClientDisconnected());
    raw.once('close', () => {
      if (!raw.writableFinished) disconnected.abort(new ClientDisconnected());
    });
    return disconnected.signal;
  },
);
