/**
 * Finds one text in others in linear time (Knuth, Morris, Pratt). `String.includes` takes time proportional to the
 * product of both lengths for texts that are made for it.
 */
export class TextSearch {
  /** For each position of the search text: the length of the longest prefix that ends there, itself excluded. */
  private readonly borders: Int32Array;

  constructor(private readonly search: string) {
    this.borders = new Int32Array(search.length);
    for (let index = 1, length = 0; index < search.length; index++) {
      length = this.extend(length, search.charCodeAt(index));
      this.borders[index] = length;
    }
  }

  isIn(text: string): boolean {
    for (let index = 0, length = 0; index < text.length; index++) {
      length = this.extend(length, text.charCodeAt(index));
      if (length === this.search.length) return true;
    }
    return this.search === '';
  }

  /** Returns the length of the longest prefix that ends with `character`, after one of `length` before it. */
  private extend(length: number, character: number): number {
    while (length > 0 && this.search.charCodeAt(length) !== character) length = this.borders[length - 1]!;
    return this.search.charCodeAt(length) === character ? length + 1 : 0;
  }
}
