import { compareModels } from '../model/candidate-order';
import { type IndexedModel } from '../model/indexed-model';

/** Some models in their order, never none. */
export type Chunk = readonly IndexedModel[];

/** A change copies one chunk, 2 KiB, and the list of chunks, for 100 000 models some 6 KiB. */
const MAX_CHUNK = 256;

/** A long list of models in their order. Immutable: a change gives a new list, which shares all chunks but one. */
export class ChunkedModels {
  constructor(readonly chunks: readonly Chunk[]) {}

  with(model: IndexedModel): ChunkedModels {
    const at = this.chunkOf(model);
    const grown = addToChunk(this.chunks[at]!, model);
    if (grown.length <= MAX_CHUNK) return new ChunkedModels(this.chunks.with(at, grown));
    const half = grown.length >>> 1;
    return new ChunkedModels(this.chunks.toSpliced(at, 1, grown.slice(0, half), grown.slice(half)));
  }

  /** The model must not be alone. Throws TypeError where it is not in the list. */
  without(model: IndexedModel): ChunkedModels {
    const at = this.chunkOf(model);
    const left = removeFromChunk(this.chunks[at]!, model);
    return new ChunkedModels(left.length === 0 ? this.chunks.toSpliced(at, 1) : this.chunks.with(at, left));
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

/**
 * Models in their order, at least one; never changed but replaced. Most places in the indexes hold one model, nearly all
 * a few, so only the large ones have the weight of chunks.
 */
export type ModelList = IndexedModel | Chunk | ChunkedModels;

export function withModel(list: ModelList | null | undefined, model: IndexedModel): ModelList {
  if (list === null || list === undefined) return model;
  if (list instanceof ChunkedModels) return list.with(model);
  if (!isChunk(list)) return addToChunk([list], model);
  return list.length < MAX_CHUNK ? addToChunk(list, model) : new ChunkedModels([list]).with(model);
}

/** Null when nothing is left. Throws TypeError where the model is not in the cell. */
export function withoutModel(list: ModelList | null, model: IndexedModel): ModelList | null {
  if (list === model) return null;
  if (list instanceof ChunkedModels) {
    const left = list.without(model);
    return left.chunks.length === 1 ? toList(left.chunks[0]!) : left;
  }
  return toList(removeFromChunk(list !== null && isChunk(list) ? list : [], model));
}

/** The parts of a cell in their order; a chunk is never empty. */
export function chunksOf(list: ModelList): readonly Chunk[] {
  if (list instanceof ChunkedModels) return list.chunks;
  return isChunk(list) ? [list] : [[list]];
}

export function hasMoreThan(list: ModelList, count: number): boolean {
  let size = 0;
  for (const chunk of chunksOf(list)) {
    size += chunk.length;
    if (size > count) return true;
  }
  return false;
}

export function* modelsIn(list: ModelList | null): Generator<IndexedModel> {
  if (list !== null) for (const chunk of chunksOf(list)) yield* chunk;
}

export function isChunk(list: Exclude<ModelList, ChunkedModels>): list is Chunk {
  return Array.isArray(list);
}

function toList(chunk: Chunk): ModelList {
  return chunk.length === 1 ? chunk[0]! : chunk;
}

function addToChunk(chunk: Chunk, model: IndexedModel): Chunk {
  return chunk.toSpliced(positionIn(chunk, model), 0, model);
}

/** Throws TypeError where the model is not in the chunk: in its place there may be another. */
function removeFromChunk(chunk: Chunk, model: IndexedModel): readonly IndexedModel[] {
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
