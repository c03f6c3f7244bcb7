import { foldCase } from '../../../common/identity-key';
import { type TokenRates } from '../../../pricing/rate-table';
import { type Protocol } from '../../../upstream/protocol';
import { type IndexedRule, type ResidualRule, ruleText } from '../rules/indexed-rule';
import { INVALID_RULE, NO_RULE, type RuleShape } from '../rules/rule-shape';
import { type ModelsByName } from './models-by-name';
import {
  type ModelSettings,
  type RoutedHeaders,
  type RoutedModel,
  type RoutedProvider,
} from './routed-registry';

/** A provider and its models. A changed provider gets new `facts`; its models keep pointing here. */
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
 * A model in the indexes, immutable. An account may have 100 000 models, so it has few fields. The fields that a search
 * reads come first, which keeps them close in memory.
 */
export class IndexedModel implements RoutedModel, IndexedRule {
  readonly shape: RuleShape;
  readonly key: string;
  readonly residual: ResidualRule | null;
  /** The case-folded name; the same string as `model` if folding changes nothing. */
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

  get enabled(): boolean {
    return this.settings.enabled;
  }

  get aliases(): readonly string[] {
    return this.settings.aliases;
  }

  /** The spelling of the model's name or alias with this case-folded form. Throws TypeError if it has none. */
  spellingOf(folded: string): string {
    if (folded === this.foldedName) return this.model;
    const alias = this.aliases.find((each) => foldCase(each) === folded);
    if (alias === undefined) throw new TypeError(`model ${this.id} has no such name`);
    return alias;
  }

  /** Whether this is exactly its name or one of its aliases. */
  isSpelled(name: string): boolean {
    return this.model === name || this.aliases.includes(name);
  }

  get tags(): readonly string[] {
    return this.settings.tags;
  }

  get advancedText(): string {
    return this.settings.advancedText;
  }

  get sealedHeaders(): RoutedHeaders | null {
    return this.settings.sealedHeaders;
  }

  get learnedProtocol(): Protocol | null {
    return this.settings.learnedProtocol;
  }

  get multiplier(): number {
    return this.settings.multiplier;
  }

  get rates(): TokenRates {
    return this.settings.rates;
  }

  get pricingText(): string | null {
    return this.settings.pricingText;
  }

  get whenText(): string {
    return ruleText(this);
  }

  get isUnconditional(): boolean {
    return this.shape === NO_RULE;
  }

  /** True if `provider^model` and `provider^` may select the model. They ignore its rule. */
  get isSelectable(): boolean {
    const { usable, enabled } = this.provider.facts;
    return usable && enabled && this.settings.enabled;
  }

  /** True if no name, tag or rule may select the model. Such models are indexed separately. */
  get isUnusable(): boolean {
    return this.shape === INVALID_RULE || !this.isSelectable;
  }
}
