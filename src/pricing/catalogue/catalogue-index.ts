import type { MatchLogic, ModelInfo, Provider } from '@pydantic/genai-prices';
import { bareNames, nameTail, parseVersion, startOf } from './model-names';

/** Regular expressions for complete names, and not for their start. */
const COMPLETE = /^\^.*\$$/;

/**
 * The entries of one provider by name. An entry is about a model only if the id is one of its names, or a version of one.
 * The catalogue itself matches by prefix, so it gives `claude-sonnet-4-5-mini` the price of `claude-sonnet-4-5`.
 */
export class CatalogueIndex {
  private readonly byName = new Map<string, ModelInfo>();
  private readonly byPattern: (readonly [RegExp, ModelInfo])[] = [];

  constructor(private readonly provider: Provider) {
    const rules = provider.models.flatMap((model) => listRules(model.match).map((rule) => ({ model, rule })));
    for (const { model, rule } of rules) if ('equals' in rule) this.addName(rule.equals, model);
    for (const { model, rule } of rules) {
      if ('starts_with' in rule) this.addName(startOf(rule.starts_with), model);
      else if ('contains' in rule) this.addName(startOf(rule.contains), model);
      else if ('ends_with' in rule) this.addName(rule.ends_with, model);
      else if ('regex' in rule && COMPLETE.test(rule.regex))
        this.byPattern.push([new RegExp(rule.regex), model]);
    }
    for (const model of provider.models) this.addName(model.id, model);
  }

  /** Returns the entry of a model, or null. */
  find(modelId: string): ModelInfo | null {
    for (const name of bareNames(this.provider.id, modelId.toLowerCase())) {
      const found = this.findName(name);
      if (found !== null) return found;
    }
    return null;
  }

  private findName(name: string): ModelInfo | null {
    const exact = this.byName.get(name);
    if (exact) return exact;
    const pattern = this.byPattern.find(([regex]) => regex.test(name));
    if (pattern) return pattern[1];
    const { bases, tail } = parseVersion(name);
    const models = bases.flatMap((base) => this.byName.get(base) ?? []);
    return models.find(({ id }) => tail === '' || tail === nameTail(id)) ?? null;
  }

  private addName(name: string, model: ModelInfo): void {
    const key = name.toLowerCase();
    if (!this.byName.has(key)) this.byName.set(key, model);
  }
}

type NameRule = Exclude<MatchLogic, { or: MatchLogic[] } | { and: MatchLogic[] }>;

function listRules(match: MatchLogic): NameRule[] {
  if ('or' in match) return match.or.flatMap(listRules);
  return 'and' in match ? match.and.flatMap(listRules) : [match];
}
