import type { Json } from '../json';

/** What any protocol asks of the model, in one form. */
export interface Conversation {
  /** The text of the last turn of the user. */
  readonly prompt: string;
  /** The tools that the model may call, with the schemas of their parameters. */
  readonly tools: ReadonlyMap<string, Json>;
  /** `required` means any tool. */
  readonly toolChoice: 'auto' | 'none' | 'required' | { readonly name: string };
  readonly isParallel: boolean;
  /** The results of tools since the last turn of the assistant. */
  readonly results: readonly string[];
  /** The pictures and documents of the last turn. */
  readonly attachments: readonly Attachment[];
  /** The schema that the text must satisfy, or null. */
  readonly schema: Json;
  readonly thinks: boolean;
  readonly maxTokens: number | null;
  readonly stopTexts: readonly string[];
}

export interface Attachment {
  readonly mediaType: string;
  /** Decoded. 0 for a URL. */
  readonly bytes: number;
}

/** Reads the size of base64 data. */
export function toAttachment(mediaType: string, base64: string): Attachment {
  return { mediaType, bytes: Buffer.from(base64, 'base64').length };
}

/** Reads a `data:` URL. Any other URL has the media type `url`. */
export function fromDataUrl(url: string): Attachment {
  const [, mediaType, data] = /^data:([^;,]+);base64,(.*)$/s.exec(url) ?? [];
  return mediaType === undefined ? { mediaType: 'url', bytes: 0 } : toAttachment(mediaType, data ?? '');
}
