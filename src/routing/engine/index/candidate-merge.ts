import { compareSpelled } from '../model/candidate-order';
import { type IndexedModel } from '../model/indexed-model';
import { type RuleEvaluator } from '../rules/rule-evaluator';
import { type Chunk, ChunkedModels, isChunk, type ModelList } from './model-list';

/** The part of the rules in a list that is still to be tested. The rule index leaves only the residual rule. */
export type RuleCheck = 'none' | 'residual' | 'full';

/**
 * A lazy k-way merge of sorted model lists with a heap of cursors. Tests a rule only when its model comes up, so finding
 * the first candidate tests only the models that rank before it.
 */
export class CandidateMerge {
  private readonly cursors: ListCursor[] = [];
  private isHeap = false;

  constructor(readonly evaluator: RuleEvaluator) {}

  add(list: ModelList | null, check: RuleCheck, isExact: boolean): void {
    if (list !== null) this.cursors.push(new ListCursor(list, check, isExact));
  }

  next(): IndexedModel | null {
    if (!this.isHeap) this.heapify();
    for (let top = this.cursors[0]; top !== undefined; top = this.cursors[0]) {
      const { head: model, check } = top;
      // Test before advancing, because the test may throw.
      const isCandidate = this.matches(model, check);
      if (top.advance()) this.siftDown(0);
      else this.removeTop();
      if (isCandidate) return model;
    }
    return null;
  }

  private matches(model: IndexedModel, check: RuleCheck): boolean {
    if (check === 'none') return true;
    return check === 'residual' ? this.evaluator.residualMatches(model) : this.evaluator.matches(model);
  }

  private heapify(): void {
    this.isHeap = true;
    for (let at = (this.cursors.length >>> 1) - 1; at >= 0; at--) this.siftDown(at);
  }

  private removeTop(): void {
    const last = this.cursors.pop()!;
    if (this.cursors.length === 0) return;
    this.cursors[0] = last;
    this.siftDown(0);
  }

  private siftDown(from: number): void {
    const { cursors } = this;
    let at = from;
    for (let child = 2 * at + 1; child < cursors.length; child = 2 * at + 1) {
      if (child + 1 < cursors.length && cursors[child + 1]!.comesBefore(cursors[child]!)) child++;
      if (!cursors[child]!.comesBefore(cursors[at]!)) return;
      [cursors[at], cursors[child]] = [cursors[child]!, cursors[at]!];
      at = child;
    }
  }
}

/** A position in a model list. Lists are immutable, so reading can continue later. */
class ListCursor {
  head: IndexedModel;
  private chunk: Chunk | null;
  private chunkIndex = 0;
  private index = 0;

  constructor(
    private readonly list: ModelList,
    readonly check: RuleCheck,
    private readonly isExact: boolean,
  ) {
    if (list instanceof ChunkedModels) this.chunk = list.chunks[0]!;
    else this.chunk = isChunk(list) ? list : null;
    this.head = this.chunk === null ? (list as IndexedModel) : this.chunk[0]!;
  }

  advance(): boolean {
    if (this.chunk === null) return false;
    if (++this.index === this.chunk.length) {
      if (!(this.list instanceof ChunkedModels) || ++this.chunkIndex === this.list.chunks.length)
        return false;
      this.chunk = this.list.chunks[this.chunkIndex]!;
      this.index = 0;
    }
    this.head = this.chunk[this.index]!;
    return true;
  }

  comesBefore(other: ListCursor): boolean {
    return compareSpelled(this.head, this.isExact, other.head, other.isExact) < 0;
  }
}
