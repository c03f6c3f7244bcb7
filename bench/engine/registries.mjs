/** Reproducible generated registries in the engine's format. */

/** A reproducible generator of random numbers (mulberry32). */
export function randomNumbers(seed) {
  let state = seed;
  return (limit) => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) % limit;
  };
}

/** Returns a flat string like a database driver, because a concatenation retains its pieces and counts twice. */
export const flat = (text) => Buffer.from(text).toString();
const idOf = (number) => flat(`01930000-0000-7000-8000-${number.toString(16).padStart(12, '0')}`);

const contextOf = (index, random) => ({
  tier: `tier-${index % 5}`,
  region: `region-${index % 11}`,
  team: `team-${random(1_000_000)}`,
});

/**
 * Twenty models per provider, with each name at five providers, one of 200 prices and a rule of three equalities. Every
 * tenth rule also has a `$gte`, every twentieth an `$in`.
 */
export function registry(size, { rules }) {
  const random = randomNumbers(size);
  const providers = Array.from({ length: Math.ceil(size / 20) }, (_, index) => ({
    id: idOf(index),
    name: flat(`provider-${index}`),
    kind: index % 2 === 0 ? 'openai' : 'anthropic',
    baseUrl: 'https://api.openai.com/v1',
    openaiApiMode: null,
    learnedProtocol: null,
    advancedText: '{}',
    sealedApiKey: `v1.bench.${'x'.repeat(150)}`,
    secretVersion: 1,
    sealedHeaders: null,
    enabled: true,
    usable: true,
  }));
  const contexts = [];
  const models = Array.from({ length: size }, (_, index) => {
    const provider = Math.floor(index / 20);
    const context = contextOf(index, random);
    const when = { ...context };
    if (index % 10 === 3) when.tokens = { $gte: random(1000) };
    if (index % 20 === 5) when.weekday = { $in: [1, 2, 3, 4, 5] };
    contexts.push({ ...context, tokens: 1000, weekday: 3, stream: true });
    const name = `model-${(index % 20) + 20 * Math.floor(provider / 5)}`;
    const price = index % 200;
    return {
      id: idOf(1_000_000 + index),
      providerId: idOf(provider),
      model: flat(name),
      aliases: [],
      enabled: true,
      priority: 0,
      isDefault: index % 20 === 0,
      tags: [],
      whenText: rules ? flat(JSON.stringify(when)) : flat('{}'),
      advancedText: '{}',
      sealedHeaders: null,
      learnedProtocol: null,
      multiplier: 1,
      rates: { input: price / 1e3 + 1e-4, output: price / 250 + 1e-4, cacheWrite: null, cacheRead: null },
      pricingText: null,
    };
  });
  return { providers, models, contexts };
}

/** All rules under one model name, with one provider per model, because a name is unique within a provider. */
export function oneNameRegistry(size) {
  const plain = registry(size, { rules: true });
  const providers = Array.from({ length: size }, (_, index) => ({
    ...plain.providers[0],
    id: idOf(index),
    name: flat(`provider-${index}`),
  }));
  const models = plain.models.map((model, index) => ({
    ...model,
    providerId: providers[index].id,
    model: 'the-model',
    isDefault: true,
  }));
  return { ...plain, providers, models };
}
