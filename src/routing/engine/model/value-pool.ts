import { indexRule, type IndexedRule } from '../rules/indexed-rule';
import { type ShapePool } from '../rules/rule-shape';
import { type IndexedModel } from './indexed-model';
import { type ModelSettings } from './routed-registry';

/**
 * Interns the names, rules and settings of one batch of models, because each row has its own copies. Lives only as long
 * as the batch, so it retains nothing.
 */
export class ValuePool {
  private readonly texts = new Map<string, string>();
  private readonly rules = new Map<string, IndexedRule>();
  private readonly settings = new Map<string, ModelSettings>();

  constructor(private readonly shapes: ShapePool) {}

  /** Adds the values of a former model. An update keeps most of them, so its rule need not be compiled again. */
  addValuesOf(model: IndexedModel): void {
    const { shape, key, residual } = model;
    this.rules.set(model.whenText, { shape, key, residual });
    this.texts.set(model.model, model.model);
  }

  internText(text: string): string {
    return getOrAdd(this.texts, text, () => text);
  }

  internRule(text: string): IndexedRule {
    return getOrAdd(this.rules, text, () => indexRule(text, this.shapes));
  }

  /** Removes duplicate tags. Settings with aliases, `advanced_json` or a price sheet are not shared. */
  internSettings(model: ModelSettings): ModelSettings {
    const { enabled, aliases, tags, advancedText, sealedHeaders, pricingText } = model;
    const { learnedProtocol, multiplier, rates } = model;
    const create = (): ModelSettings => ({
      enabled,
      aliases,
      tags: [...new Set(tags)].map((tag) => this.internText(tag)),
      advancedText,
      sealedHeaders,
      learnedProtocol,
      multiplier,
      rates,
      pricingText,
    });
    if (advancedText !== '{}' || sealedHeaders !== null || aliases.length > 0 || pricingText !== null)
      return create();
    const { input, output, cacheWrite, cacheRead } = rates;
    const numbers = `${enabled} ${multiplier} ${input} ${output} ${cacheWrite} ${cacheRead} ${learnedProtocol}`;
    return getOrAdd(this.settings, tags.length === 0 ? numbers : numbers + JSON.stringify(tags), create);
  }
}

function getOrAdd<Value>(map: Map<string, Value>, key: string, create: () => Value): Value {
  let value = map.get(key);
  if (value === undefined) map.set(key, (value = create()));
  return value;
}
