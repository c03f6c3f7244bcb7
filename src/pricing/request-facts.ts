import type { PriceEndpoint, PriceFact, TokenKind } from './price-kinds';
import type { Modifier, NormalisedUsage } from './token-usage/token-usage';

/** The values of a modifier that cost the same as its absence. The first one stands for all of them. */
const NEUTRAL = {
  service_tier: ['standard', 'default', 'auto', 'on_demand', ''],
  inference_geo: ['global', 'not_available', ''],
  speed: ['standard', ''],
} as const;

type ModifierFact = keyof typeof NEUTRAL;

const MODALITIES: Readonly<Record<'audio' | 'image' | 'video', readonly TokenKind[]>> = {
  audio: ['input_audio', 'output_audio', 'cache_read_audio'],
  image: ['input_image', 'output_image'],
  video: ['input_video'],
};

/** What the caller knows about a request. It wins over what the usage says. */
export interface RequestOptions {
  readonly serviceTier?: string;
  readonly endpoint?: PriceEndpoint;
  /** The start of the request, in epoch milliseconds. */
  readonly at: number;
}

/** A modifier that an adjustment must price, with the facts that such an adjustment tests. */
export interface PricedModifier extends Modifier {
  readonly facts: readonly PriceFact[];
}

export interface RequestFacts {
  /** What the rules of adjustments are evaluated against. */
  readonly context: Readonly<Partial<Record<PriceFact, string | readonly string[]>>>;
  /** The modifiers that change the price. */
  readonly modifiers: readonly PricedModifier[];
}

/** Collects the facts of a request that adjustments test. An absent modifier has its neutral value. */
export function requestFacts(
  { tokens, modifiers }: NormalisedUsage,
  { serviceTier, endpoint }: RequestOptions,
): RequestFacts {
  const tier = tierOf(modifiers.service_tier, serviceTier, endpoint);
  const stated: Record<ModifierFact, PricedModifier | null> = {
    service_tier: tier,
    inference_geo: modifiers.inference_geo && { ...modifiers.inference_geo, facts: ['inference_geo'] },
    speed: modifiers.speed && { ...modifiers.speed, facts: ['speed'] },
  };
  const names = Object.keys(stated) as ModifierFact[];
  const valueOf = (name: ModifierFact): string => {
    const value = stated[name]?.value;
    return value === undefined || isNeutralModifier(name, value) ? NEUTRAL[name][0] : value;
  };
  const modalities = Object.entries(MODALITIES)
    .filter(([, kinds]) => kinds.some((kind) => tokens[kind] > 0))
    .map(([modality]) => modality);
  return {
    context: {
      ...Object.fromEntries(names.map((name) => [name, valueOf(name)])),
      ...(endpoint === undefined ? {} : { endpoint }),
      modality: ['text', ...modalities],
    },
    modifiers: names.flatMap((name) => {
      const modifier = stated[name];
      return modifier === null || isNeutralModifier(name, modifier.value) ? [] : [modifier];
    }),
  };
}

/** The batch endpoint is a tier of its own, whatever the usage says. */
function tierOf(
  usage: Modifier | null,
  serviceTier: string | undefined,
  endpoint: PriceEndpoint | undefined,
): PricedModifier | null {
  if (serviceTier !== undefined) {
    return { value: serviceTier, pointer: '/context/service_tier', facts: ['service_tier'] };
  }
  if (endpoint === 'batch') {
    return { value: 'batch', pointer: '/context/endpoint', facts: ['service_tier', 'endpoint'] };
  }
  return usage && { ...usage, facts: ['service_tier'] };
}

/** Whether a modifier costs the same as its absence. */
export function isNeutralModifier(name: ModifierFact, value: string): boolean {
  return (NEUTRAL[name] as readonly string[]).includes(value.toLowerCase());
}
