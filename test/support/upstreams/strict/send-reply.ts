import { once } from 'node:events';
import type { ServerResponse } from 'node:http';
import type { BillLine } from './strict-bill';
import type { StrictEvent, StrictReply } from './strict-call';
import type { StrictEndpoint } from './strict-endpoints';
import { endStream, type StrictFault } from './strict-faults';

/** Sends a reply, and bills as much of it as was generated. */
export async function sendReply(
  response: ServerResponse,
  reply: StrictReply,
  line: BillLine,
  fault: StrictFault | undefined,
  endpoint: StrictEndpoint,
): Promise<void> {
  if (reply.events === undefined) {
    line.isComplete = true;
    response.writeHead(200, { 'content-type': 'application/json' }).end(JSON.stringify(reply.body));
    return;
  }
  const limit = fault && 'afterEvents' in fault ? fault.afterEvents : undefined;
  response.writeHead(200, { 'content-type': 'text/event-stream; charset=utf-8' });
  line.isComplete = await sendEvents(response, reply.events.slice(0, limit), line);
  if (!line.isComplete) return;
  if (fault === undefined || limit === undefined) {
    line.outputTokens = reply.usage.outputTokens;
    response.end();
    return;
  }
  line.isComplete = false;
  endStream(response, fault, endpoint.path === 'responses', endpoint.form, line.requestId);
}

/** Writes each event in a packet of its own. Returns false if the caller left. */
async function sendEvents(
  response: ServerResponse,
  events: readonly StrictEvent[],
  line: BillLine,
): Promise<boolean> {
  line.outputTokens = 0;
  for (const { text, tokens } of events) {
    if (response.destroyed) return false;
    line.outputTokens += tokens;
    if (!response.write(text)) await Promise.race([once(response, 'drain'), once(response, 'close')]);
    await new Promise(setImmediate);
  }
  return !response.destroyed;
}
