/** The maximum size of each list in a response of `POST /v1/resolve`, in UTF-8. Writing it takes a few milliseconds. */
const MAX_BYTES = 1024 * 1024;

/** Writes a JSON array of at most 1 MiB, because items may be large. */
export class BoundedJsonList {
  private readonly items: string[] = [];
  private bytes = 0;

  /** Whether an item did not fit. */
  get isTruncated(): boolean {
    return this.bytes > MAX_BYTES;
  }

  /** Adds the JSON of an item and its size in UTF-8. Returns false, and adds nothing, if the item does not fit. */
  add(text: string, bytes: number): boolean {
    this.bytes += bytes + 1;
    if (this.isTruncated) return false;
    this.items.push(text);
    return true;
  }

  /** The JSON of the array. */
  get text(): string {
    return `[${this.items.join(',')}]`;
  }
}
