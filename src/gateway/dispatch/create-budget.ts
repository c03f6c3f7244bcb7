import type { GatewayConfig } from '../../config/gateway-config';
import type { GatewayTarget } from '../target/gateway-target';
import { AttemptBudget } from './attempt-budget';
import type { CallState } from './call-state';

/** Creates the budget of a call. The settings of its first target count for all of its targets. */
export function createBudget(
  { scope, callerDeadline }: CallState,
  { settings }: GatewayTarget,
  { maxAttempts, retryWindowMs }: GatewayConfig,
): AttemptBudget {
  const { options, headers, startedAt, endpoint } = scope.call;
  return new AttemptBudget({
    // A count can be estimated, so it is not worth a second attempt.
    attempts: endpoint.path === 'messages/count_tokens' ? 1 : (settings.maxAttempts ?? maxAttempts),
    callerAttempts: options.maxAttempts,
    isRepeat: Number(headers['x-stainless-retry-count']) >= 1,
    latestStart: Math.min(startedAt + retryWindowMs, callerDeadline),
  });
}
