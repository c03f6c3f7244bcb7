import { DomainError } from '../../../common/domain-error';
import { distinctSelectors, type Selector } from '../../../selectors/selector';
import { type Resolution } from '../resolution';
import { type RoutingTable } from '../routing-table';
import { type ConsideredRoute, listExclusions } from './explain';

const MAX_SELECTORS = 5;
/** Per selector: the models in the detail, and the entries of `considered`. */
const MAX_REPORTED = 5;
const MAX_CONSIDERED = 10;

/** Returns the 404 `routing.no_route` for a resolution without candidates, with the reason for each considered model. */
export function noRoute(
  table: RoutingTable,
  selectors: readonly Selector[],
  { evaluator }: Resolution,
): DomainError {
  const considered = new Map<string, ConsideredRoute>();
  const distinct = distinctSelectors(selectors);
  const reported = distinct.slice(0, MAX_SELECTORS).map((selector) => {
    const excluded = listExclusions(table, selector, evaluator, new Set(), MAX_CONSIDERED);
    for (const each of excluded) considered.set(each.selector, each);
    return describeExclusions(selector, excluded);
  });
  const omitted = distinct.length - reported.length;
  const more = omitted > 0 ? ` And ${omitted} more selectors.` : '';
  return new DomainError(
    'not_found',
    'routing.no_route',
    `No model can be chosen. ${reported.join(' ')}${more}`,
    {
      members: { considered: [...considered.values()] },
    },
  );
}

function describeExclusions(selector: Selector, excluded: readonly ConsideredRoute[]): string {
  const reasons = excluded
    .slice(0, MAX_REPORTED)
    .map(({ selector: model, reason }) => (model === selector.text ? `${reason}` : `${model} (${reason})`));
  const others = excluded.length > MAX_REPORTED ? '; and others' : '';
  return `${JSON.stringify(selector.text)}: ${reasons.join('; ')}${others}.`;
}
