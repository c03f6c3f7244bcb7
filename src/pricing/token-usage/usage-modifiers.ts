import type { Modifier, NormalisedUsage } from './token-usage';
import type { UsageReader } from './usage-reader';

const MAX_LENGTH = 64;

/** Google's names of its tiers (cloud.google.com/vertex-ai/generative-ai/docs/reference/rest/v1/GenerateContentResponse). */
const TRAFFIC_TYPES: ReadonlyMap<string, string> = new Map([
  ['ON_DEMAND', 'standard'],
  ['ON_DEMAND_FLEX', 'flex'],
  ['ON_DEMAND_PRIORITY', 'priority'],
  ['PROVISIONED_THROUGHPUT', 'provisioned_throughput'],
]);

const TRAFFIC_TYPE_PATHS = ['traffic_type', 'extra_properties/google/traffic_type'];

/** Reads the facts of a usage that change its price. */
export function readModifiers(reader: UsageReader): NormalisedUsage['modifiers'] {
  return {
    service_tier: readText(reader, ['service_tier']) ?? trafficType(reader),
    inference_geo: readText(reader, ['inference_geo']),
    speed: readText(reader, ['speed']),
  };
}

function trafficType(reader: UsageReader): Modifier | null {
  const type = readText(reader, TRAFFIC_TYPE_PATHS);
  return type && { ...type, value: TRAFFIC_TYPES.get(type.value) ?? type.value };
}

function readText(reader: UsageReader, paths: readonly string[]): Modifier | null {
  for (const path of paths) {
    const field = reader.field(path);
    if (field === null) continue;
    const { pointer, value } = field;
    if (typeof value === 'string' && value.length <= MAX_LENGTH) return { pointer, value };
    const detail = `Must be a text of at most ${MAX_LENGTH} characters, or null.`;
    reader.reject({ pointer, code: typeof value === 'string' ? 'length' : 'type', detail });
  }
  return null;
}
