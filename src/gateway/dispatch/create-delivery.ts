import type { Attempt, Delivery } from './attempt';
import { BodyDelivery } from './body-delivery';
import type { DeliveryOwner } from './delivery-owner';
import { RejectionDelivery } from './rejection-delivery';
import { StreamDelivery } from './stream-delivery';

const JSON_TYPE = /^application\/(?:[\w.+-]*\+)?json\b/i;
const PAGE_TYPE = /^(?:text\/html|application\/xhtml)/i;

/** Chooses how a response is delivered, by its status and type. A type that the caller did not ask for is a failure. */
export function createDelivery(owner: DeliveryOwner, attempt: Attempt): Delivery {
  const { call, requested } = owner.state.scope;
  const { status, headers, target } = attempt;
  const type = headers['content-type'] ?? '';
  const isJson = JSON_TYPE.test(type);
  if (status! >= 300) return new RejectionDelivery(owner, attempt);
  const { protocol } = call.endpoint;
  const shown =
    target.settings.responseModel ?? (protocol === 'anthropic_messages' ? 'requested' : 'upstream');
  const model = shown === 'requested' ? requested.selectors[0]! : null;
  if (requested.isStream && protocol !== null) {
    const isOther = isJson || PAGE_TYPE.test(type);
    return isOther
      ? new RejectionDelivery(owner, attempt)
      : new StreamDelivery(owner, attempt, protocol, model);
  }
  return isJson || type === ''
    ? new BodyDelivery(owner, attempt, model)
    : new RejectionDelivery(owner, attempt);
}
