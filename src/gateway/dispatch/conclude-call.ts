import type { UsageStatus } from '../../usage/usage-record';
import { GatewayError } from '../dialect/gateway-error';
import { finalError } from '../failure/attempt-failures';
import { POLICIES } from '../failure/failure-policy';
import type { CallState } from './call-state';
import { noTargetError } from './no-target-error';
import { restingError } from './resting-error';
import { sendCountEstimate } from './send-count-estimate';
import { sendGatewayError, sendRejection } from './send-failure';
import type { TargetChooser } from './target-chooser';

/** Statuses of servers that cannot count tokens. */
const UNCOUNTABLE: ReadonlySet<number | null> = new Set([404, 405, 501]);

/** How a call ends if no target has served it. */
export interface Conclusion {
  readonly status: UsageStatus;
  readonly httpStatus: number;
  readonly errorCode: string | null;
  readonly send: () => void;
}

/** Passes on the upstream's rejection of the caller's own request. If there is none, the error names every attempt. */
export function concludeCall(state: CallState, chooser: TargetChooser): Conclusion {
  const { rejection } = state;
  const isCount = state.scope.call.endpoint.path === 'messages/count_tokens';
  if (isCount && mayEstimate(state, chooser))
    return { status: 'ok', httpStatus: 200, errorCode: null, send: () => sendCountEstimate(state) };
  if (rejection !== null) {
    const { attempt, failure } = rejection;
    const send = (): void => sendRejection(state, attempt, failure);
    return { status: 'error', httpStatus: failure.status ?? 400, errorCode: failure.code, send };
  }
  const error = errorOf(state, chooser);
  const httpStatus = error.statusFor(state.scope.call.endpoint.dialect);
  const send = (): void => sendGatewayError(state, error, null);
  return { status: 'error', httpStatus, errorCode: error.code, send };
}

function errorOf({ scope, failures }: CallState, chooser: TargetChooser): GatewayError {
  if (failures.length > 0) return finalError(failures);
  const resting = chooser.listResting();
  if (resting.length > 0) return restingError(resting, performance.now());
  return chooser.first === null ? noTargetError(scope, chooser.excluded) : tooLate();
}

/** There was a target, but no time left to call it. */
function tooLate(): GatewayError {
  const text =
    'The time for the call ended before any upstream was called. Allow more time, and send it again.';
  return new GatewayError('upstream_timeout', text);
}

/** An estimate is better than no count, unless the request itself is wrong or selects nothing. */
function mayEstimate({ failures }: CallState, chooser: TargetChooser): boolean {
  const failure = failures.at(-1)?.failure;
  if (failure !== undefined) return !POLICIES[failure.kind].isCallers || UNCOUNTABLE.has(failure.status);
  return chooser.resting.length > 0 || chooser.excluded.some(({ reason }) => reason === 'protocol');
}
