import type { IncomingHttpHeaders } from 'node:http';
import type { Principal } from '../../auth/caller';
import { isJsonObject, type JsonObject } from '../../common/json-object';
import type { RuleContext } from '../../rules/rule';
import type { RequestBody } from '../body/request-body';
import type { GatewayEndpoint } from '../dialect/endpoint';
import type { CallOptions } from './call-options';
import { createRequestFacts } from './request-facts';
import type { RequestedCall } from './requested-call';

/** The parts of a call that rules see. */
export interface RuleSource {
  readonly endpoint: GatewayEndpoint;
  readonly headers: IncomingHttpHeaders;
  readonly body: RequestBody;
  readonly caller: Pick<Principal, 'tokenId' | 'tokenName' | 'tags'>;
  readonly options: Pick<CallOptions, 'context'>;
  /** Epoch milliseconds. */
  readonly startedAtMs: number;
}

/** Builds the context when a rule first reads it, because most calls are resolved without their context. */
class LazyContext {
  private built: JsonObject | null = null;

  constructor(
    private readonly source: RuleSource,
    private readonly requested: RequestedCall,
  ) {}

  get root(): JsonObject {
    return (this.built ??= build(this.source, this.requested));
  }
}

const HANDLER: ProxyHandler<LazyContext> = {
  get: ({ root }, key) => Reflect.get(root, key) as unknown,
  has: ({ root }, key) => Reflect.has(root, key),
  ownKeys: ({ root }) => Reflect.ownKeys(root),
  getOwnPropertyDescriptor: ({ root }, key) => Reflect.getOwnPropertyDescriptor(root, key),
};

/**
 * Creates the context of rules: `metadata` of the body, over it `x-caret-context`, and over both `request`, `token` and
 * `time`. It must not be read after the call has released its body.
 */
export function createRuleContext(source: RuleSource, requested: RequestedCall): RuleContext {
  return new Proxy(new LazyContext(source, requested), HANDLER) as unknown as RuleContext;
}

function build(source: RuleSource, requested: RequestedCall): JsonObject {
  const { body, caller, options, startedAtMs } = source;
  const metadata = body.json('metadata');
  const time = new Date(startedAtMs);
  return {
    ...(isJsonObject(metadata) ? metadata : {}),
    ...options.context,
    request: createRequestFacts(source, requested),
    token: { id: caller.tokenId, name: caller.tokenName, tags: caller.tags ?? {} },
    // Weekdays from 0 (Sunday) to 6.
    time: { hour: time.getUTCHours(), weekday: time.getUTCDay() },
  };
}
