import { isKnownElsewhereOnly, isSamplingParameter } from '../body/parameter-names';
import type { GatewayEndpoint } from '../dialect/endpoint';
import type { GatewayTarget } from '../target/gateway-target';

type Parameters = GatewayTarget['defaults'];

/** The version of Anthropic's API that removed the sampling parameters. */
const WITHOUT_SAMPLING = '2026-10-21';

export interface DefaultParameters {
  readonly inserted: Parameters;
  /** Names that the version of the API rejects. */
  readonly dropped: readonly string[];
}

const NO_PARAMETERS: DefaultParameters = { inserted: [], dropped: [] };

/** Per target and protocol, because they are the same for every call. */
const CACHE = new WeakMap<GatewayTarget, Map<string, DefaultParameters>>();

/**
 * Returns the default parameters that an endpoint of the target may get: those that its protocol knows or that no protocol
 * knows.
 *
 * @param version `anthropic-version` of the call, or null
 */
export function defaultParameters(
  target: GatewayTarget,
  { protocol, isGeneration }: GatewayEndpoint,
  version: string | null,
): DefaultParameters {
  if (!isGeneration || protocol === null || target.defaults.length === 0) return NO_PARAMETERS;
  const isNew = version !== null && version >= WITHOUT_SAMPLING;
  let known = CACHE.get(target);
  if (known === undefined) CACHE.set(target, (known = new Map<string, DefaultParameters>()));
  const key = `${protocol} ${isNew}`;
  let parameters = known.get(key);
  if (parameters === undefined) {
    const usable = target.defaults.filter(([name]) => !isKnownElsewhereOnly(name, protocol));
    const isDropped = ([name]: Parameters[number]): boolean => isNew && isSamplingParameter(name);
    parameters = {
      inserted: usable.filter((each) => !isDropped(each)),
      dropped: usable.filter(isDropped).map(([name]) => name),
    };
    known.set(key, parameters);
  }
  return parameters;
}
