import { foldCase } from '../../common/identity-key';
import { PatternCache } from '../../rules/pattern-cache';
import { CandidateGroup } from './index/candidate-group';
import { type IndexEntry } from './index/index-entry';
import { NameIndex } from './index/name-index';
import { ProviderDirectory } from './index/provider-directory';
import { TagIndex } from './index/tag-index';
import { Candidate } from './model/candidate';
import { IndexedModel, IndexedProvider } from './model/indexed-model';
import { ModelsByName } from './model/models-by-name';
import {
  MAX_CHANGED_MODELS,
  movesModels,
  type RegistryChanges,
  type RoutedModel,
  type RoutedProvider,
} from './model/routed-registry';
import { bytesOfModel, bytesOfProvider, bytesOfShape } from './model/table-weight';
import { ValuePool } from './model/value-pool';
import { ShapePool } from './rules/rule-shape';

/**
 * An account's registry at one revision, indexed by everything a selector can name. `apply` moves it to another revision
 * in place, in time proportional to the changes.
 *
 * The name index, the tag indexes and the group of `auto` lead to an `IndexEntry`: one model or a `CandidateGroup`. A
 * large group finds matching rules through a `RuleIndex`. Every index ends in a `ModelList`, which keeps candidate order.
 *
 * | term | meaning |
 * | --- | --- |
 * | rule shape | what rules share that differ only in their values, like a query shape in MongoDB |
 * | path set | the paths that a rule compares with scalars; its rules are looked up together |
 * | key | those scalars of one rule, encoded as one string |
 * | residual rule | the part of a rule that the index cannot evaluate |
 *
 * Maps change in place and lists are replaced. This is safe because `resolve` and `apply` are synchronous, and because a
 * `Resolution`, which may be read later, refers to lists only. It keeps the models and the order of its own revision. It
 * reads the name and address of a provider when a candidate is taken, so a late fallback goes to the current address.
 *
 * The table relies on constraints of the database: names of providers are unique, names and aliases of models
 * are unique per provider, and a provider has at most one default model. A model with an unknown provider is left out.
 */
export class RoutingTable {
  private currentRevision = 0;
  private weight = 0;
  readonly directory = new ProviderDirectory();
  private readonly models = new Map<string, IndexedModel>();
  private readonly nameIndex = new NameIndex();
  private readonly tagIndex = new TagIndex();
  /** Created when a selector first asks for a tag of the provider, which is rare. */
  private readonly providerTagIndexes = new Map<IndexedProvider, TagIndex>();
  private readonly shapes = new ShapePool();
  /** The compiled patterns of the rules. They are not part of `bytes`, because the table works without them. */
  readonly patterns = new PatternCache();
  /** The candidates of `auto`: every model with a rule, and every default model without one. */
  readonly autoGroup = new CandidateGroup();

  static build(
    revision: number,
    providers: readonly RoutedProvider[],
    models: readonly RoutedModel[],
  ): RoutingTable {
    const table = new RoutingTable();
    table.apply(revision, { providers, models, removedProviders: [], removedModels: [] });
    return table;
  }

  get revision(): number {
    return this.currentRevision;
  }

  /**
   * Applies one set of changes. A large set may come in slices if nothing reads the table in between. Throws TypeError for
   * rows that violate the constraints of the database. The table is then inconsistent and must be discarded.
   */
  apply(revision: number, changes: RegistryChanges): void {
    for (const id of changes.removedModels) this.removeModel(id);
    for (const id of changes.removedProviders) this.removeProvider(id);
    const pool = new ValuePool(this.shapes);
    // Remove all changed models before adding any, because two models may have exchanged their names.
    for (const { id } of changes.models) {
      const former = this.models.get(id);
      if (former === undefined) continue;
      this.detach(former);
      pool.addValuesOf(former);
    }
    this.setProviders(changes.providers);
    for (const model of changes.models) this.addModel(model, pool);
    this.currentRevision = revision;
  }

  /** Whether the changes are few enough for a table in use. For more, build a new table in slices. */
  canApply(changes: RegistryChanges): boolean {
    let count = changes.models.length + changes.removedModels.length;
    for (const id of changes.removedProviders) count += this.directory.findById(id)?.models.size ?? 0;
    for (const facts of changes.providers) {
      const provider = this.directory.findById(facts.id);
      if (provider !== undefined && movesModels(provider.facts, facts)) count += provider.models.size;
    }
    return count <= MAX_CHANGED_MODELS;
  }

  /** The estimated memory of the table. */
  get bytes(): number {
    return this.weight;
  }

  get size(): number {
    return this.models.size;
  }

  /** Sorted. */
  providerNames(): readonly string[] {
    return this.directory.names();
  }

  findProvider(name: string): IndexedProvider | undefined {
    return this.directory.findByName(name);
  }

  /** Finds a model of the provider by its name or an alias, ignoring case. */
  findModelOf(provider: IndexedProvider, name: string): IndexedModel | undefined {
    return provider.models.find(name) ?? provider.models.find(foldCase(name));
  }

  findByName(name: string): ReturnType<NameIndex['find']> {
    return this.nameIndex.find(name);
  }

  /** The case-folded names and aliases of all models, or null if there are more than `maximum`. */
  modelNames(maximum: number): Iterable<string> | null {
    return this.nameIndex.size <= maximum ? this.nameIndex.names() : null;
  }

  findByTag(tag: string): IndexEntry | undefined {
    return this.tagIndex.find(tag);
  }

  findByTagOf(provider: IndexedProvider, tag: string): IndexEntry | undefined {
    let tags = this.providerTagIndexes.get(provider);
    if (tags === undefined) {
      tags = new TagIndex();
      for (const model of provider.models) tags.add(model);
      this.providerTagIndexes.set(provider, tags);
    }
    return tags.find(tag);
  }

  /** Finds a model by its id, including models that are never candidates. */
  findById(modelId: string): Candidate | null {
    const model = this.models.get(modelId);
    return model === undefined ? null : new Candidate(model);
  }

  /** Every model that its own selector selects, or with `isAll` every model, in no particular order. */
  selectable(isAll = false): Candidate[] {
    const candidates: Candidate[] = [];
    for (const model of this.models.values()) {
      if (isAll || model.isSelectable) candidates.push(new Candidate(model));
    }
    return candidates;
  }

  private setProviders(providers: readonly RoutedProvider[]): void {
    const known = providers.map(({ id }) => this.directory.findById(id));
    for (const provider of known) {
      if (provider === undefined) continue;
      this.directory.remove(provider);
      this.weight -= bytesOfProvider(provider.facts);
    }
    for (const [at, facts] of providers.entries()) {
      const provider = known[at] ?? new IndexedProvider(facts, new ModelsByName());
      this.setFacts(provider, facts);
      this.directory.add(provider);
      this.weight += bytesOfProvider(facts);
    }
  }

  private setFacts(provider: IndexedProvider, facts: RoutedProvider): void {
    const moved = movesModels(provider.facts, facts) ? [...provider.models] : [];
    for (const model of moved) this.removeFromIndexes(model);
    provider.facts = facts;
    for (const model of moved) this.addToIndexes(model);
  }

  private removeProvider(id: string): void {
    const provider = this.directory.findById(id);
    if (provider === undefined) return;
    for (const model of [...provider.models]) this.removeModel(model.id);
    this.directory.remove(provider);
    this.weight -= bytesOfProvider(provider.facts);
    this.providerTagIndexes.delete(provider);
  }

  private addModel(row: RoutedModel, pool: ValuePool): void {
    const provider = this.directory.findById(row.providerId);
    if (provider === undefined) {
      this.models.delete(row.id);
      return;
    }
    const name = pool.internText(row.model);
    const folded = foldCase(name);
    const model = new IndexedModel({
      id: row.id,
      model: name,
      foldedName: folded === name ? name : pool.internText(folded),
      provider,
      priority: row.priority,
      isDefault: row.isDefault,
      rule: pool.internRule(row.whenText),
      settings: pool.internSettings(row),
    });
    // Overwrites the former model, because deletions would make a large Map rehash.
    this.models.set(model.id, model);
    provider.models.add(model);
    if (model.isDefault) provider.defaultModel = model;
    if (this.shapes.retain(model.shape)) this.weight += bytesOfShape(model.shape);
    this.weight += bytesOfModel(model);
    this.addToIndexes(model);
  }

  private removeModel(id: string): void {
    const model = this.models.get(id);
    if (model === undefined) return;
    this.detach(model);
    this.models.delete(id);
  }

  private detach(model: IndexedModel): void {
    this.removeFromIndexes(model);
    if (this.shapes.release(model.shape)) this.weight -= bytesOfShape(model.shape);
    this.weight -= bytesOfModel(model);
    if (model.provider.defaultModel === model) model.provider.defaultModel = null;
    model.provider.models.remove(model);
  }

  private addToIndexes(model: IndexedModel): void {
    this.nameIndex.add(model);
    this.tagIndex.add(model);
    this.providerTagIndexes.get(model.provider)?.add(model);
    if (model.isDefault || !model.isUnconditional) this.autoGroup.add(model);
  }

  private removeFromIndexes(model: IndexedModel): void {
    this.nameIndex.remove(model);
    this.tagIndex.remove(model);
    this.providerTagIndexes.get(model.provider)?.remove(model);
    if (model.isDefault || !model.isUnconditional) this.autoGroup.remove(model);
  }
}
