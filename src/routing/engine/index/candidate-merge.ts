import { compareSpelled } from '../model/candidate-order';
import { type IndexedModel } from '../model/indexed-model';
import { type RuleEvaluator } from '../rules/rule-evaluator';
import { type ModelList, isChunk } from './model-list';
import { type Chunk, SortedModels } from './sorted-models';

/** How much of a cell's rules is still to be tested: nothing, what is beside the key it was found by, all. */
export type Untested = 'nothing' | 'rest' | 'all';

/**
 * Merges sorted cells into one order, lazily: a heap of readers. A rule is tested only when its model's turn comes, so
 * the first candidate costs what stands before it and no more.
 */
export class CandidateMerge {
  private readonly readers: Reader[] = [];
  private isHeap = false;

  constructor(readonly evaluator: RuleEvaluator) {}

  add(list: ModelList | null, untested: Untested, isExact: boolean): void {
    if (list !== null) this.readers.push(new Reader(list, untested, isExact));
  }

  next(): IndexedModel | null {
    if (!this.isHeap) this.heapify();
    for (let top = this.readers[0]; top !== undefined; top = this.readers[0]) {
      const { head: model, untested } = top;
      // Before it is passed, for the test may throw.
      const isCandidate = this.matches(model, untested);
      if (top.advance()) this.siftDown(0);
      else this.removeTop();
      if (isCandidate) return model;
    }
    return null;
  }

  private matches(model: IndexedModel, untested: Untested): boolean {
    if (untested === 'nothing') return true;
    return untested === 'rest' ? this.evaluator.remainderMatches(model) : this.evaluator.matches(model);
  }

  private heapify(): void {
    this.isHeap = true;
    for (let at = (this.readers.length >>> 1) - 1; at >= 0; at--) this.siftDown(at);
  }

  private removeTop(): void {
    const last = this.readers.pop()!;
    if (this.readers.length === 0) return;
    this.readers[0] = last;
    this.siftDown(0);
  }

  private siftDown(from: number): void {
    const { readers } = this;
    let at = from;
    for (let child = 2 * at + 1; child < readers.length; child = 2 * at + 1) {
      if (child + 1 < readers.length && readers[child + 1]!.comesBefore(readers[child]!)) child++;
      if (!readers[child]!.comesBefore(readers[at]!)) return;
      [readers[at], readers[child]] = [readers[child]!, readers[at]!];
      at = child;
    }
  }
}

/** A place in a cell. Cells never change, so it may be left and taken up again later. */
class Reader {
  head: IndexedModel;
  private chunk: Chunk | null;
  private place = 0;
  private offset = 0;

  constructor(
    private readonly list: ModelList,
    readonly untested: Untested,
    private readonly isExact: boolean,
  ) {
    if (list instanceof SortedModels) this.chunk = list.chunks[0]!;
    else this.chunk = isChunk(list) ? list : null;
    this.head = this.chunk === null ? (list as IndexedModel) : this.chunk[0]!;
  }

  advance(): boolean {
    if (this.chunk === null) return false;
    if (++this.offset === this.chunk.length) {
      if (!(this.list instanceof SortedModels) || ++this.place === this.list.chunks.length) return false;
      this.chunk = this.list.chunks[this.place]!;
      this.offset = 0;
    }
    this.head = this.chunk[this.offset]!;
    return true;
  }

  comesBefore(other: Reader): boolean {
    return compareSpelled(this.head, this.isExact, other.head, other.isExact) < 0;
  }
}
