import { noRoute } from '../../routing/engine/explain/no-route';
import { GatewayError } from '../dialect/gateway-error';
import type { CallScope } from './call-scope';
import type { ExcludedCandidate } from './candidate-walk';
import { responseNotFound } from './stored-state';

/** The most candidates that a message names. */
const MAX_NAMED = 5;

/** Returns the error of a call that no candidate may serve, with the reasons. Names only what the token may use. */
export function noTargetError(scope: CallScope, excluded: readonly ExcludedCandidate[]): GatewayError {
  const { requested, storedAt } = scope;
  if (storedAt !== null) return responseNotFound(requested.previousResponseId!, storedAt.selector);
  const asked = JSON.stringify(requested.selectors[0] ?? '');
  const allowed = excluded.filter(({ reason }) => reason !== 'not_allowed');
  if (excluded.length > 0 && allowed.length === 0) {
    const text = `The token may not use any model that ${asked} selects. Change its allowed_selectors, or send another model.`;
    return new GatewayError('insufficient_permissions', text, { param: 'model', shouldRetry: false });
  }
  const text = allowed.length > 0 ? describeExcluded(scope, allowed) : describeUnmatched(scope, asked);
  return new GatewayError('model_not_found', text, { param: 'model', shouldRetry: false });
}

function describeUnmatched({ call, table, selectors, resolution }: CallScope, asked: string): string {
  if (call.caller.allowedSelectors !== null) return `No model that the token may use matches ${asked}.`;
  return noRoute(table, selectors, resolution).detail;
}

function describeExcluded(scope: CallScope, allowed: readonly ExcludedCandidate[]): string {
  const reasons = allowed
    .slice(0, MAX_NAMED)
    .map(({ candidate, reason }) => `${candidate.selector} ${describe(scope, reason)}`);
  const more = allowed.length > MAX_NAMED ? '; and others' : '';
  return `No model can serve /v1/${scope.call.endpoint.path}: ${reasons.join('; ')}${more}.`;
}

function describe({ call }: CallScope, reason: ExcludedCandidate['reason']): string {
  switch (reason) {
    case 'protocol':
      return 'has a provider with another protocol';
    case 'endpoint':
      return call.endpoint.path === 'embeddings' ? 'is not known as an embedding model' : 'is no chat model';
    case 'other_model':
      return 'has another name than the first candidate, and vectors of two models must not be mixed';
    case 'secret':
      return 'has a key that cannot be decrypted';
    case 'other_provider':
      return 'has another provider than the one that stored the state of the request';
    case 'not_allowed':
      return 'is not allowed for the token';
  }
}
