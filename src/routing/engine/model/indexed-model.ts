import { type Protocol } from '../../../upstream/protocol';
import { type IndexedRule, type ResidualRule, ruleText } from '../rules/indexed-rule';
import { INVALID_RULE, NO_RULE, type RuleShape } from '../rules/rule-shape';
import { type ModelsByName } from './models-by-name';
import {
  type ModelRates,
  type ModelSettings,
  type RoutedModel,
  type RoutedProvider,
} from './routed-registry';

/** A provider and its models. `facts` are replaced when the provider changes; its models point here and stay. */
export class IndexedProvider {
  defaultModel: IndexedModel | null = null;

  constructor(
    public facts: RoutedProvider,
    readonly models: ModelsByName,
  ) {}
}

interface IndexedModelParts extends Pick<RoutedModel, 'id' | 'model' | 'priority' | 'isDefault'> {
  readonly foldedName: string;
  readonly provider: IndexedProvider;
  readonly rule: IndexedRule;
  readonly settings: ModelSettings;
}

/**
 * A model as the indexes hold it: never changed, but replaced. Lean, for there may be a hundred thousand, and what a
 * search reads of each stands first, side by side in memory.
 */
export class IndexedModel implements RoutedModel, IndexedRule {
  readonly shape: RuleShape;
  readonly key: string;
  readonly residual: ResidualRule | null;
  /** Its name without case; the same string where the name has none. */
  readonly foldedName: string;
  readonly provider: IndexedProvider;
  readonly priority: number;
  readonly isDefault: boolean;
  readonly id: string;
  readonly model: string;
  private readonly settings: ModelSettings;

  constructor({ rule, foldedName, provider, priority, isDefault, id, model, settings }: IndexedModelParts) {
    this.shape = rule.shape;
    this.key = rule.key;
    this.residual = rule.residual;
    this.foldedName = foldedName;
    this.provider = provider;
    this.priority = priority;
    this.isDefault = isDefault;
    this.id = id;
    this.model = model;
    this.settings = settings;
  }

  get providerId(): string {
    return this.provider.facts.id;
  }

  get tags(): readonly string[] {
    return this.settings.tags;
  }

  get advancedJson(): Readonly<Record<string, unknown>> {
    return this.settings.advancedJson;
  }

  get learnedProtocol(): Protocol | null {
    return this.settings.learnedProtocol;
  }

  get multiplier(): number {
    return this.settings.multiplier;
  }

  get rates(): ModelRates {
    return this.settings.rates;
  }

  get whenText(): string {
    return ruleText(this);
  }

  get isUnconditional(): boolean {
    return this.shape === NO_RULE;
  }

  /** Never a candidate by name, tag or rule; indexed apart, so that a search never meets it. */
  get isUnusable(): boolean {
    return this.shape === INVALID_RULE || !this.provider.facts.usable;
  }
}
