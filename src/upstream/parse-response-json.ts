import { MAX_JSON_DEPTH, measureJson } from '../common/measure-json';

/** Values in one response: 50,000 models with 20 values each. */
const MAX_RESPONSE_NODES = 1_000_000;

/** Servers on .NET write it before JSON. RFC 8259, section 8.1, lets a parser ignore it. */
const BYTE_ORDER_MARK = '\ufeff';

/**
 * Parses the body of an upstream's response, or returns what completes "The upstream response …". Limits depth and size
 * before it builds anything, because a few MiB of brackets would otherwise take hundreds of MiB and seconds.
 */
export function parseResponseJson(
  body: Buffer,
  maxNodes = MAX_RESPONSE_NODES,
): { readonly json: unknown } | { readonly problem: string } {
  const decoded = body.toString('utf8');
  const text = decoded.startsWith(BYTE_ORDER_MARK) ? decoded.slice(1) : decoded;
  const measured = measureJson(text, maxNodes);
  if ('excess' in measured) {
    return measured.excess === 'too_deep'
      ? { problem: `nests deeper than ${MAX_JSON_DEPTH} levels` }
      : { problem: `has more than ${maxNodes} values` };
  }
  try {
    return { json: JSON.parse(text) };
  } catch {
    // The error of JSON.parse quotes the body, so nothing keeps it.
    return { problem: 'is not JSON; check base_url' };
  }
}
