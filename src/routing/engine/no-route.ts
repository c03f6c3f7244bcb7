import { DomainError } from '../../common/domain-error';
import { type RuleContext } from '../../rules/rule';
import { type Considered, explain, type Explanation } from './explain';
import { type RoutingTable } from './routing-table';
import { type Selector } from './selector';

const MAX_SELECTORS = 5;
/** For each selector, in words and for programs. */
const MAX_TOLD = 5;
const MAX_CONSIDERED = 10;

/** 404 `routing.no_route` for a resolution without candidates: what was considered, and why each is out. */
export function noRoute(
  table: RoutingTable,
  selectors: readonly Selector[],
  context: RuleContext,
): DomainError {
  const considered = new Map<string, Considered>();
  const told = selectors.slice(0, MAX_SELECTORS).map((selector) => {
    const explanation = explain(table, [selector], context, MAX_CONSIDERED);
    for (const each of explanation.considered) considered.set(each.selector, each);
    return inWords(selector, explanation);
  });
  const untold = selectors.length - told.length;
  const more = untold > 0 ? ` And ${untold} more selectors.` : '';
  return new DomainError(
    'not_found',
    'routing.no_route',
    `No model can be chosen. ${told.join(' ')}${more}`,
    {
      members: { considered: [...considered.values()] },
    },
  );
}

function inWords(selector: Selector, { considered, isTruncated }: Explanation): string {
  const reasons = considered
    .slice(0, MAX_TOLD)
    .map(({ selector: model, reason }) => (model === selector.text ? `${reason}` : `${model} (${reason})`));
  const hasMore = isTruncated || considered.length > MAX_TOLD;
  return `${JSON.stringify(selector.text)}: ${reasons.join('; ')}${hasMore ? '; and others' : ''}.`;
}
