import { parseUrl } from '../common/parse-url';
import { modelNameProblem } from '../common/text-rules';
import { isGoogleHost, isOllamaHost } from './known-hosts';

/** Vendors that know each model by two names. The list has one of them, and calls take both. */
const SPELLINGS: readonly {
  readonly isHost: (url: URL) => boolean;
  readonly otherOf: (name: string) => string | null;
}[] = [
  // https://ai.google.dev/api/models: `models/gemini-2.5-pro` is the resource name of `gemini-2.5-pro`.
  { isHost: isGoogleHost, otherOf: (name) => toggle(name, /^models\//, `models/${name}`) },
  // https://github.com/ollama/ollama/blob/main/docs/api.md: the tag is optional and defaults to `latest`.
  {
    isHost: isOllamaHost,
    otherOf: (name) => toggle(name, /:latest$/, hasTag(name) ? null : `${name}:latest`),
  },
];

/** Returns the other name of a model at the host of the base URL, or null if it has none. */
export function otherSpelling(name: string, baseUrl: string | null): string | null {
  const url = baseUrl === null ? null : parseUrl(baseUrl);
  const vendor = url && SPELLINGS.find(({ isHost }) => isHost(url));
  const other = vendor ? vendor.otherOf(name) : null;
  return other === null || modelNameProblem(other) ? null : other;
}

/** Whether the part after the last slash has a colon. */
function hasTag(name: string): boolean {
  return name.lastIndexOf(':') > name.lastIndexOf('/');
}

/** Removes a part of the name, or returns the other name if it has no such part. */
function toggle(name: string, part: RegExp, other: string | null): string | null {
  return part.test(name) ? name.replace(part, '') : other;
}
