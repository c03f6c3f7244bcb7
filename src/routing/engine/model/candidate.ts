import { type IndexedModel } from './indexed-model';
import { type RoutedModel, type RoutedProvider } from './routed-registry';

/** A model, and its provider as of the time the candidate was taken. */
export class Candidate {
  readonly model: RoutedModel;
  readonly provider: RoutedProvider;

  constructor(model: IndexedModel) {
    this.model = model;
    this.provider = model.provider.facts;
  }

  /** The selector that names only this model. */
  get selector(): string {
    return `${this.provider.name}^${this.model.model}`;
  }
}
