/** The size of each list in a response of `POST /v1/resolve`, in UTF-8. Writing it takes a few milliseconds. */
const MAX_BYTES = 1024 * 1024;

/** Writes a JSON array up to a size, because the number of its items does not bound it. */
export class BoundedJsonList {
  private readonly items: string[] = [];
  private bytes = 0;

  /** Whether an item did not fit. */
  get isTruncated(): boolean {
    return this.bytes > MAX_BYTES;
  }

  /** Adds the JSON of an item. Returns false, and adds nothing, if it does not fit. */
  add(text: string, bytes: number): boolean {
    this.bytes += bytes + 1;
    if (this.isTruncated) return false;
    this.items.push(text);
    return true;
  }

  /** The array. */
  get text(): string {
    return `[${this.items.join(',')}]`;
  }
}
