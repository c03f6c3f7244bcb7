import { DomainError } from '../../../common/domain-error';
import { type Resolution } from '../resolution';
import { type RoutingTable } from '../routing-table';
import { distinctSelectors, type Selector } from '../selector/selector';
import { type Considered, exclusions } from './explain';

const MAX_SELECTORS = 5;
/** For each selector, in words and for programs. */
const MAX_TOLD = 5;
const MAX_CONSIDERED = 10;

/** 404 `routing.no_route` for a resolution without candidates: what was considered, and why each is out. */
export function noRoute(
  table: RoutingTable,
  selectors: readonly Selector[],
  { probe }: Resolution,
): DomainError {
  const considered = new Map<string, Considered>();
  const distinct = distinctSelectors(selectors);
  const told = distinct.slice(0, MAX_SELECTORS).map((selector) => {
    const excluded = exclusions(table, selector, probe, new Set(), MAX_CONSIDERED);
    for (const each of excluded) considered.set(each.selector, each);
    return inWords(selector, excluded);
  });
  const untold = distinct.length - told.length;
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

function inWords(selector: Selector, excluded: readonly Considered[]): string {
  const reasons = excluded
    .slice(0, MAX_TOLD)
    .map(({ selector: model, reason }) => (model === selector.text ? `${reason}` : `${model} (${reason})`));
  const others = excluded.length > MAX_TOLD ? '; and others' : '';
  return `${JSON.stringify(selector.text)}: ${reasons.join('; ')}${others}.`;
}
