import { isJsonObject } from '../../common/json-object';
import type { RequestBody } from '../body/request-body';
import { repairBody } from '../failure/repair-body';
import { hasRepair, type Repair } from '../failure/repairs';
import type { GatewayTarget } from '../target/gateway-target';
import type { CallState } from './call-state';
import { defaultParameters } from './default-parameters';

const WITH_USAGE = '{"include_usage":true}';
const NO_KEYS: ReadonlySet<string> = new Set();

export interface AttemptBody {
  /** Sent one after another. */
  readonly body: readonly Buffer[];
  /** Whether Caret asked for the usage of the stream, which the caller did not. */
  readonly insertedUsage: boolean;
}

/**
 * Creates the body of an attempt: the caller's bytes with the upstream's name of the model, missing default parameters and
 * what the repairs change. All other bytes stay as they are.
 *
 * @param version `anthropic-version`, or null
 */
export function createBody(
  state: CallState,
  target: GatewayTarget,
  repairs: readonly Repair[],
  version: string | null,
): AttemptBody {
  const { call, requested } = state.scope;
  const { body, endpoint } = call;
  const { inserted, dropped } = defaultParameters(target, endpoint, version);
  for (const name of dropped) if (!body.has(name)) state.warn(`dropped=${name};anthropic_version`);
  const { set, remove } =
    repairs.length > 0
      ? repairBody(body, endpoint.protocol, repairs)
      : { set: new Map<string, string>(), remove: NO_KEYS };
  if (requested.selectors[0] !== target.model.model) set.set('model', JSON.stringify(target.model.model));
  const insertedUsage = mayAskForUsage(state, target, repairs);
  if (insertedUsage) set.set('stream_options', withUsage(body));
  if (hasRepair(repairs, 'reasoning_history')) state.warn('dropped=reasoning_history');
  const isUnchanged = set.size === 0 && remove.size === 0 && inserted.length === 0;
  return { body: isUnchanged ? [body.bytes] : body.splice({ set, insert: inserted, remove }), insertedUsage };
}

function mayAskForUsage({ scope }: CallState, target: GatewayTarget, repairs: readonly Repair[]): boolean {
  return (
    scope.requested.isStream &&
    scope.call.endpoint.protocol === 'openai_chat_completions' &&
    !scope.requested.wantsUsage &&
    target.settings.mayAskForUsage &&
    !hasRepair(repairs, 'stream_usage')
  );
}

/** Keeps the caller's other options. */
function withUsage(body: RequestBody): string {
  const options = body.json('stream_options');
  return isJsonObject(options) ? JSON.stringify({ ...options, include_usage: true }) : WITH_USAGE;
}
