import type { Principal } from '../../auth/caller';
import type { RequestBody } from '../body/request-body';
import { GatewayError } from '../dialect/gateway-error';

/** Parameters by which servers take further models, which they call instead of the first. */
const MODEL_LISTS = ['fallbacks', 'models', 'fallback_models'];

/**
 * Rejects a body that lets the upstream call other models than the selected one, for a token that may not use all.
 *
 * @throws GatewayError `insufficient_permissions`
 */
export function rejectModelLists(body: RequestBody, { allowedSelectors }: Principal): void {
  if (allowedSelectors === null) return;
  const name = MODEL_LISTS.find((each) => body.hasValue(each));
  if (name === undefined) return;
  const text = `The token may use certain models only, so the upstream must not choose others by "${name}". Leave it out, or list selectors in x-caret-selectors.`;
  throw new GatewayError('insufficient_permissions', text, { param: name, shouldRetry: false });
}
