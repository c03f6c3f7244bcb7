import { compareModels } from '../model/candidate-order';
import { type IndexedModel } from '../model/indexed-model';

/** Some models in their order, never none. */
export type Chunk = readonly IndexedModel[];

/** A change copies one chunk, 2 KiB, and the list of chunks, for 100 000 models some 6 KiB. */
export const MAX_CHUNK = 256;

/** A long list of models in their order. Immutable: a change gives a new list, which shares all chunks but one. */
export class SortedModels {
  constructor(readonly chunks: readonly Chunk[]) {}

  with(model: IndexedModel): SortedModels {
    const at = this.chunkOf(model);
    const grown = chunkWith(this.chunks[at]!, model);
    if (grown.length <= MAX_CHUNK) return new SortedModels(this.chunks.with(at, grown));
    const half = grown.length >>> 1;
    return new SortedModels(this.chunks.toSpliced(at, 1, grown.slice(0, half), grown.slice(half)));
  }

  /** The model must not be alone. Throws TypeError where it is not in the list. */
  without(model: IndexedModel): SortedModels {
    const at = this.chunkOf(model);
    const left = chunkWithout(this.chunks[at]!, model);
    return new SortedModels(left.length === 0 ? this.chunks.toSpliced(at, 1) : this.chunks.with(at, left));
  }

  /** The last chunk that does not begin after the model. */
  private chunkOf(model: IndexedModel): number {
    let low = 0;
    let high = this.chunks.length - 1;
    while (low < high) {
      const middle = (low + high + 1) >>> 1;
      if (compareModels(this.chunks[middle]![0]!, model) <= 0) low = middle;
      else high = middle - 1;
    }
    return low;
  }
}

export function chunkWith(chunk: Chunk, model: IndexedModel): Chunk {
  return chunk.toSpliced(positionIn(chunk, model), 0, model);
}

/** Throws TypeError where the model is not in the chunk: in its place there may be another. */
export function chunkWithout(chunk: Chunk, model: IndexedModel): readonly IndexedModel[] {
  const at = positionIn(chunk, model);
  if (chunk[at] !== model) throw new TypeError(`model ${model.id} is not where its order puts it`);
  return chunk.toSpliced(at, 1);
}

/** Of the first that does not come before the model. */
function positionIn(chunk: Chunk, model: IndexedModel): number {
  let low = 0;
  let high = chunk.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (compareModels(chunk[middle]!, model) < 0) low = middle + 1;
    else high = middle;
  }
  return low;
}
