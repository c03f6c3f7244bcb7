import { compareModels } from '../model/candidate-order';
import { type IndexedModel } from '../model/indexed-model';

/** At least one model, in candidate order. */
export type Chunk = readonly IndexedModel[];

/** A change copies one chunk (2 KiB) and the list of chunks (about 6 KiB for 100 000 models). */
const MAX_CHUNK = 256;

/** A long list of models in candidate order. Immutable: a changed list shares all chunks but one. */
export class ChunkedModels {
  constructor(readonly chunks: readonly Chunk[]) {}

  with(model: IndexedModel): ChunkedModels {
    const at = this.chunkOf(model);
    const grown = addToChunk(this.chunks[at]!, model);
    if (grown.length <= MAX_CHUNK) return new ChunkedModels(this.chunks.with(at, grown));
    const half = grown.length >>> 1;
    return new ChunkedModels(this.chunks.toSpliced(at, 1, grown.slice(0, half), grown.slice(half)));
  }

  /** The list must have another model. Throws TypeError for a model that is not in the list. */
  without(model: IndexedModel): ChunkedModels {
    const at = this.chunkOf(model);
    const left = removeFromChunk(this.chunks[at]!, model);
    return new ChunkedModels(left.length === 0 ? this.chunks.toSpliced(at, 1) : this.chunks.with(at, left));
  }

  /** The index of the last chunk that does not begin after the model. */
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
 * At least one model in candidate order. Immutable. Most lists in the indexes have one or a few models, so only large
 * ones use chunks.
 */
export type ModelList = IndexedModel | Chunk | ChunkedModels;

export function withModel(list: ModelList | null | undefined, model: IndexedModel): ModelList {
  if (list === null || list === undefined) return model;
  if (list instanceof ChunkedModels) return list.with(model);
  if (!isChunk(list)) return addToChunk([list], model);
  return list.length < MAX_CHUNK ? addToChunk(list, model) : new ChunkedModels([list]).with(model);
}

/** Returns null if no model is left. Throws TypeError for a model that is not in the list. */
export function withoutModel(list: ModelList | null, model: IndexedModel): ModelList | null {
  if (list === model) return null;
  if (list instanceof ChunkedModels) {
    const left = list.without(model);
    return left.chunks.length === 1 ? toList(left.chunks[0]!) : left;
  }
  return toList(removeFromChunk(list !== null && isChunk(list) ? list : [], model));
}

/** The chunks of a list in their order. */
function chunksOf(list: ModelList): readonly Chunk[] {
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

/** Throws TypeError for a model that is not in the chunk. */
function removeFromChunk(chunk: Chunk, model: IndexedModel): readonly IndexedModel[] {
  const at = positionIn(chunk, model);
  if (chunk[at] !== model) throw new TypeError(`model ${model.id} is not at its position in the list`);
  return chunk.toSpliced(at, 1);
}

/** The position of the first model that does not rank before `model`. */
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
