import { checkMembers, OPENAI_FAULTS } from '../check-members';
import type { Json } from '../json';
import type { StrictCall, StrictReply } from '../strict-call';
import { COMPACT_PARAMETERS } from './parameters';
import { readItems } from './read-items';
import { toUsage } from './respond';

/** Responds to `POST /v1/responses/compact` with the user's messages and one item for all others. */
export function respondCompact({ body, serial, state }: StrictCall): StrictReply {
  checkMembers(body, '', COMPACT_PARAMETERS, OPENAI_FAULTS);
  const items = readItems(body, state);
  const usage = state.cache.count(null, [items, body.instructions]);
  usage.outputTokens = items.length;
  const id = `cmp_strict${serial}`;
  const compaction = { id, type: 'compaction', encrypted_content: state.seals.seal('compaction') };
  return {
    usage,
    body: {
      id: `resp_strict${serial}`,
      object: 'response.compaction',
      created_at: 1_790_000_000 + serial,
      output: [...items.filter(({ role }: Json) => role === 'user'), compaction],
      usage: toUsage(usage),
    },
  };
}
