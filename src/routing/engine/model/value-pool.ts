import { indexRule, type IndexedRule } from '../rules/indexed-rule';
import { type ShapePool } from '../rules/rule-shape';
import { type IndexedModel } from './indexed-model';
import { type ModelSettings } from './routed-registry';

/**
 * Makes the models of one batch share what is equal in them: names, rules, settings. Each row brings its own copies, and
 * in a large registry those would be most of its weight. Lives as long as the batch, so it keeps nothing alive.
 */
export class ValuePool {
  private readonly texts = new Map<string, string>();
  private readonly rules = new Map<string, IndexedRule>();
  private readonly settings = new Map<string, ModelSettings>();

  constructor(private readonly shapes: ShapePool) {}

  /** What a model had before: it has most of it afterwards, and a rule need not be compiled again. */
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

  /** Tags without duplicates. Settings with parameters of their own are shared with no other. */
  internSettings(model: ModelSettings): ModelSettings {
    const { tags, advancedJson, learnedProtocol, multiplier, rates } = model;
    const create = (): ModelSettings => ({
      tags: [...new Set(tags)].map((tag) => this.internText(tag)),
      advancedJson,
      learnedProtocol,
      multiplier,
      rates,
    });
    if (Object.keys(advancedJson).length > 0) return create();
    const { input, output, cacheWrite, cacheRead } = rates;
    const numbers = `${multiplier} ${input} ${output} ${cacheWrite} ${cacheRead} ${learnedProtocol}`;
    return getOrAdd(this.settings, tags.length === 0 ? numbers : numbers + JSON.stringify(tags), create);
  }
}

function getOrAdd<Value>(map: Map<string, Value>, key: string, create: () => Value): Value {
  let value = map.get(key);
  if (value === undefined) map.set(key, (value = create()));
  return value;
}
