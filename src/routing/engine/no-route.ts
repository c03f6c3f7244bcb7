import { DomainError } from '../../common/domain-error';
import { type RuleContext } from '../../rules/rule';
import { explain } from './explain';
import { type RoutingTable } from './routing-table';
import { type Selector } from './selector';

const MAX_SELECTORS = 5;
const MAX_REASONS = 5;
const MAX_CONSIDERED = 50;

/** 404 `routing.no_route` for a resolution without candidates: what was considered, and why each is out. */
export function noRoute(
  table: RoutingTable,
  selectors: readonly Selector[],
  context: RuleContext,
): DomainError {
  const told = selectors.slice(0, MAX_SELECTORS).map((selector) => reasonsOf(table, selector, context));
  const untold = selectors.length - told.length;
  const more = untold > 0 ? ` And ${untold} more selectors.` : '';
  const { considered } = explain(table, selectors, context, MAX_CONSIDERED);
  return new DomainError(
    'not_found',
    'routing.no_route',
    `No model can be chosen. ${told.join(' ')}${more}`,
    {
      members: { considered },
    },
  );
}

function reasonsOf(table: RoutingTable, selector: Selector, context: RuleContext): string {
  const { considered, isTruncated } = explain(table, [selector], context, MAX_REASONS);
  const reasons = considered.map(({ selector: model, reason }) =>
    model === selector.text ? `${reason}` : `${model} (${reason})`,
  );
  return `${JSON.stringify(selector.text)}: ${reasons.join('; ')}${isTruncated ? '; and others' : ''}.`;
}
