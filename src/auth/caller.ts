import { createParamDecorator, type ExecutionContext } from '@nestjs/common';
import type { FastifyRequest } from 'fastify';
import { requestOf } from '../http/request-context';
import type { AllowedSelectors } from '../selectors/allowed-selectors';
import type { Scope } from './scopes';

/** The id of an account. Branded, so that the compiler rejects any other string. */
export type AccountId = string & { readonly __brand: 'AccountId' };

/** The account and the rights of a token. */
export interface Principal {
  readonly accountId: AccountId;
  readonly tokenId: string;
  readonly tokenName: string;
  readonly scopes: readonly Scope[];
  readonly expiresAt: string | null;
  /** The models that it may use. Null: all of the account, also future ones. */
  readonly allowedSelectors: AllowedSelectors | null;
  /** Keys and values for the rows of its usage. Null: none. */
  readonly tags: Readonly<Record<string, string>> | null;
  /** Whether the `x-caret-*` headers of its requests apply. */
  readonly caretHeaders: boolean;
}

/** The authenticated caller of one request. */
export interface Caller extends Principal {
  /** The request id, as in the response, the log line and the audit events. */
  readonly traceId: string;
}

export interface AuthenticatedRequest extends FastifyRequest {
  user?: Principal;
}

/** Injects the caller that the bearer guard authenticated. */
export const CurrentCaller = createParamDecorator((_data: unknown, context: ExecutionContext): Caller => {
  const request = requestOf<AuthenticatedRequest>(context);
  if (!request.user) throw new Error('CurrentCaller on a route without the bearer guard');
  return { ...request.user, traceId: request.id };
});
