import { createParamDecorator, type ExecutionContext } from '@nestjs/common';
import type { FastifyRequest } from 'fastify';
import { requestOf } from '../http/request-context';
import type { Scope } from './scopes';

/** An account's id; a brand, so that no other text is taken for one. */
export type AccountId = string & { readonly __brand: 'AccountId' };

/** Who a token stands for. */
export interface Principal {
  readonly accountId: AccountId;
  readonly tokenId: string;
  readonly tokenName: string;
  readonly scopes: readonly Scope[];
  readonly expiresAt: string | null;
}

/** The authenticated caller of one request. */
export interface Caller extends Principal {
  /** The request's id, which is in its answer, its log line and its audit events. */
  readonly traceId: string;
}

export interface AuthenticatedRequest extends FastifyRequest {
  user?: Principal;
}

/** The caller that the bearer guard has established. */
export const CurrentCaller = createParamDecorator((_data: unknown, context: ExecutionContext): Caller => {
  const request = requestOf<AuthenticatedRequest>(context);
  if (!request.user) throw new Error('CurrentCaller on a route without the bearer guard');
  const { accountId, tokenId, tokenName, scopes, expiresAt } = request.user;
  return { accountId, tokenId, tokenName, scopes, expiresAt, traceId: request.id };
});
