import { type IndexedModel } from '../model/indexed-model';
import { type Chunk, chunkWith, chunkWithout, MAX_CHUNK, SortedModels } from './sorted-models';

/**
 * Models in their order, at least one; never changed but replaced. Most places in the indexes hold one model, nearly all
 * a few, so only the large ones have the weight of chunks.
 */
export type Cell = IndexedModel | Chunk | SortedModels;

export function cellWith(cell: Cell | null | undefined, model: IndexedModel): Cell {
  if (cell === null || cell === undefined) return model;
  if (cell instanceof SortedModels) return cell.with(model);
  if (!isChunk(cell)) return chunkWith([cell], model);
  return cell.length < MAX_CHUNK ? chunkWith(cell, model) : new SortedModels([cell]).with(model);
}

/** Null when nothing is left. Throws TypeError where the model is not in the cell. */
export function cellWithout(cell: Cell | null, model: IndexedModel): Cell | null {
  if (cell === model) return null;
  if (cell instanceof SortedModels) {
    const left = cell.without(model);
    return left.chunks.length === 1 ? smallest(left.chunks[0]!) : left;
  }
  return smallest(chunkWithout(cell !== null && isChunk(cell) ? cell : [], model));
}

/** The parts of a cell in their order; a chunk is never empty. */
export function chunksOf(cell: Cell): readonly Chunk[] {
  if (cell instanceof SortedModels) return cell.chunks;
  return isChunk(cell) ? [cell] : [[cell]];
}

export function hasMoreThan(cell: Cell, count: number): boolean {
  let size = 0;
  for (const chunk of chunksOf(cell)) {
    size += chunk.length;
    if (size > count) return true;
  }
  return false;
}

export function* modelsIn(cell: Cell | null): Generator<IndexedModel> {
  if (cell !== null) for (const chunk of chunksOf(cell)) yield* chunk;
}

export function isChunk(cell: Exclude<Cell, SortedModels>): cell is Chunk {
  return Array.isArray(cell);
}

function smallest(chunk: Chunk): Cell {
  return chunk.length === 1 ? chunk[0]! : chunk;
}
