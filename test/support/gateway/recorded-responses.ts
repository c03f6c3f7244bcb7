import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

/** The folder of recorded responses, one folder per protocol; undefined if this machine has none. */
export const RECORDED_RESPONSES_DIR = process.env.RECORDED_ANSWERS_DIR;

/** Lists the recorded files of a folder whose names end so. */
export function recordedFiles(folder: string, ending: string): string[] {
  return readdirSync(join(RECORDED_RESPONSES_DIR!, folder)).filter((name) => name.endsWith(ending));
}

export function readRecorded(folder: string, name: string): Buffer {
  return readFileSync(join(RECORDED_RESPONSES_DIR!, folder, name));
}

/** Returns the recorded streams of a file, which has the JSON of one event in each line, split after terminal events. */
export function recordedStreams(folder: string, name: string): string[][] {
  const lines = readRecorded(folder, name).toString().trim().split('\n');
  const streams: string[][] = [[]];
  for (const line of lines) {
    streams.at(-1)!.push(line);
    if (/^\{"type":"(message_stop|response\.(completed|incomplete|failed))"/.test(line)) streams.push([]);
  }
  return streams.filter((events) => events.length > 0);
}
