import { foldCase } from '../../common/identity-key';
import { CandidateGroup } from './index/candidate-group';
import { type IndexEntry } from './index/index-entry';
import { NameIndex } from './index/name-index';
import { ProviderDirectory } from './index/provider-directory';
import { TagIndex } from './index/tag-index';
import { Candidate } from './model/candidate';
import { IndexedModel, IndexedProvider } from './model/indexed-model';
import { ModelsByName } from './model/models-by-name';
import { type RegistryChanges, type RoutedModel, type RoutedProvider } from './model/routed-registry';
import { ValuePool } from './model/value-pool';
import { ShapePool } from './rules/rule-shape';

/**
 * An account's registry at one revision, indexed by everything a selector may name. `apply` takes it to another revision
 * in place, at the cost of what changed.
 *
 * Its layers, from the outside: the table has a `NameIndex`, a `TagIndex` (and one for each provider whose tags are
 * asked for) and the group of `auto`. These lead to a `Slot`, one model or a `CandidateGroup`, which keeps apart what is
 * always ready, what has a rule, and what is parked. A large group's rules are in a `RuleIndex`. At its ends, as
 * everywhere, models stand in their order in a `Cell`: one model, a `Chunk` or many (`ChunkedModels`).
 *
 * Of a rule, `shape` is what it has in common with others that differ in values only; `pathSet`, the paths that it
 * compares with scalars; `key`, those scalars, by which the index finds it; `residual`, what is to be tested beside
 * them. A model is `parked` where its rule or its provider's key is spoilt: no search meets it.
 *
 * Maps are changed where they are, lists are replaced (`ChunkedModels`). That is safe because Node runs one thing at a
 * time and both `resolve` and `apply` are synchronous: no reader is inside a Map while it changes, and a `Resolution`,
 * which may be read on much later, holds lists only. It goes on with the models and the order of its own revision; a
 * provider's address and name are read when a candidate is taken, because a fallback that is tried after a while must
 * go where the provider is now.
 *
 * It relies on what the database guarantees: one name, one provider; one name, one model under a provider; one default
 * at most. A model whose provider is unknown is left out.
 */
export class RoutingTable {
  private currentRevision = 0;
  private readonly directory = new ProviderDirectory();
  private readonly models = new Map<string, IndexedModel>();
  private readonly nameIndex = new NameIndex();
  private readonly tagIndex = new TagIndex();
  /** Made when a selector first asks for a tag of the provider: few ever do. */
  private readonly providerTagIndexes = new Map<IndexedProvider, TagIndex>();
  private readonly shapes = new ShapePool();
  /** What `auto` chooses from: every model with a rule, every default without one. */
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
   * One batch is one state of the registry. A large one may come in slices, as long as nobody reads in between. Where it
   * throws (TypeError, for rows that no database would hold), half of it may be applied: discard the table.
   */
  apply(revision: number, changes: RegistryChanges): void {
    for (const id of changes.removedModels) this.removeModel(id);
    for (const id of changes.removedProviders) this.removeProvider(id);
    const pool = new ValuePool(this.shapes);
    // Everything that changes leaves before anything comes, or two names that were exchanged would collide.
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

  /** How many models it has. */
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

  /** The model of that provider, ignoring case: there is one at most. */
  findModelOf(provider: IndexedProvider, name: string): IndexedModel | undefined {
    return provider.models.find(name) ?? provider.models.find(foldCase(name));
  }

  findByName(name: string): ReturnType<NameIndex['find']> {
    return this.nameIndex.find(name);
  }

  /** Folded names of models, or null where they are more than `maximum`. */
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

  /** By the model's id, whatever routing thinks of it. */
  findById(modelId: string): Candidate | null {
    const model = this.models.get(modelId);
    return model === undefined ? null : new Candidate(model);
  }

  /** Every model, in no order, whatever routing thinks of it. */
  *all(): Generator<Candidate> {
    for (const model of this.models.values()) yield new Candidate(model);
  }

  private setProviders(providers: readonly RoutedProvider[]): void {
    const known = providers.map(({ id }) => this.directory.findById(id));
    for (const provider of known) if (provider !== undefined) this.directory.remove(provider);
    for (const [at, facts] of providers.entries()) {
      const provider = known[at] ?? new IndexedProvider(facts, new ModelsByName());
      this.setFacts(provider, facts);
      this.directory.add(provider);
    }
  }

  private setFacts(provider: IndexedProvider, facts: RoutedProvider): void {
    const moved = provider.facts.usable === facts.usable ? [] : [...provider.models];
    for (const model of moved) this.removeFromIndexes(model);
    provider.facts = facts;
    for (const model of moved) this.addToIndexes(model);
  }

  private removeProvider(id: string): void {
    const provider = this.directory.findById(id);
    if (provider === undefined) return;
    for (const model of [...provider.models]) this.removeModel(model.id);
    this.directory.remove(provider);
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
    // Over the former one: with deletions between, a large Map would rehash now and then.
    this.models.set(model.id, model);
    provider.models.add(model);
    if (model.isDefault) provider.defaultModel = model;
    this.shapes.retain(model.shape);
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
    this.shapes.release(model.shape);
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
