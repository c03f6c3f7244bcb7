import { readSelector, type Selector, SELECTOR_FORMAT } from '../../selectors/selector';
import { GatewayError } from '../dialect/gateway-error';

/**
 * Parses the selectors of a call, the model first. The error lists no providers, because a token may not know them all.
 *
 * @throws GatewayError `invalid_selector`
 */
export function parseSelectors(texts: readonly string[]): Selector[] {
  return texts.map((text, index) => {
    const selector = readSelector(text);
    if (typeof selector !== 'string') return selector;
    const param = index === 0 ? 'model' : 'x-caret-selectors';
    const message = `${param} must be ${SELECTOR_FORMAT}: ${selector}.`;
    throw new GatewayError('invalid_selector', message, { param });
  });
}
