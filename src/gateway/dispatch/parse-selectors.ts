import { parseSelector, type Selector, selectorProblem } from '../../selectors/selector';
import { GatewayError } from '../dialect/gateway-error';

const NO_NAMES = (): readonly string[] => [];

/**
 * Parses the selectors of a call, the model first. Names no provider, because a token may not know them all.
 *
 * @throws GatewayError `invalid_selector`
 */
export function parseSelectors(texts: readonly string[]): Selector[] {
  return texts.map((text, index) => {
    const problem = selectorProblem(text);
    if (problem === null) return parseSelector(text, '', NO_NAMES);
    const param = index === 0 ? 'model' : 'x-caret-selectors';
    const format = '"provider^model", "provider^", "model", "#tag", "provider^#tag" or "auto"';
    throw new GatewayError('invalid_selector', `${param} must be ${format}: ${problem}.`, { param });
  });
}
