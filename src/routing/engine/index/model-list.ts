import { type IndexedModel } from '../model/indexed-model';
import { type Chunk, chunkWith, chunkWithout, MAX_CHUNK, SortedModels } from './sorted-models';

/**
 * Models in their order, at least one; never changed but replaced. Most places in the indexes hold one model, nearly all
 * a few, so only the large ones have the weight of chunks.
 */
export type ModelList = IndexedModel | Chunk | SortedModels;

export function withModel(list: ModelList | null | undefined, model: IndexedModel): ModelList {
  if (list === null || list === undefined) return model;
  if (list instanceof SortedModels) return list.with(model);
  if (!isChunk(list)) return chunkWith([list], model);
  return list.length < MAX_CHUNK ? chunkWith(list, model) : new SortedModels([list]).with(model);
}

/** Null when nothing is left. Throws TypeError where the model is not in the cell. */
export function withoutModel(list: ModelList | null, model: IndexedModel): ModelList | null {
  if (list === model) return null;
  if (list instanceof SortedModels) {
    const left = list.without(model);
    return left.chunks.length === 1 ? smallest(left.chunks[0]!) : left;
  }
  return smallest(chunkWithout(list !== null && isChunk(list) ? list : [], model));
}

/** The parts of a cell in their order; a chunk is never empty. */
export function chunksOf(list: ModelList): readonly Chunk[] {
  if (list instanceof SortedModels) return list.chunks;
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

export function isChunk(list: Exclude<ModelList, SortedModels>): list is Chunk {
  return Array.isArray(list);
}

function smallest(chunk: Chunk): ModelList {
  return chunk.length === 1 ? chunk[0]! : chunk;
}
