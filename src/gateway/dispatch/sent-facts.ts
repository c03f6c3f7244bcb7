import type { GatewayConfig } from '../../config/gateway-config';
import { mayHaveCacheMarks, mayHaveReasoning } from '../failure/repair-body';
import type { SentFacts } from '../failure/repairs';
import type { Attempt } from './attempt';
import type { CallState } from './call-state';

/** Returns what a failed attempt had sent. The body must not be released yet. */
export function sentFacts(
  { scope }: CallState,
  { opened, target }: Attempt,
  { recoversReasoning }: GatewayConfig,
): SentFacts {
  const { body, endpoint } = scope.call;
  return {
    repairs: opened.repairs,
    insertedUsage: opened.insertedUsage,
    betaFlags: opened.betaFlags,
    hasCacheMarks: mayHaveCacheMarks(body.bytes),
    encodingFormat: endpoint.path === 'embeddings' ? body.string('encoding_format') : null,
    hasReasoningHistory: recoversReasoning && mayHaveReasoning(body.bytes, endpoint.protocol),
    isVendorOrigin: target.isVendorOrigin,
  };
}
