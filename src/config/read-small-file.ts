import { closeSync, constants, fstatSync, openSync, readSync } from 'node:fs';

/** Each code says what the path names. The path itself may be a secret, so no message contains it. */
export class FileError extends Error {
  constructor(readonly code: 'EISDIR' | 'not a file' | 'too large') {
    super(code);
  }
}

/**
 * Reads a small file as UTF-8 and returns its text and its mode. Never waits and always ends: a named pipe may have no
 * writer, and a file below /proc may be endless although its size is 0. Throws {@link FileError}, or Node's error.
 */
export function readSmallFile(path: string, maxBytes: number): { text: string; mode: number } {
  const descriptor = openSync(path, constants.O_RDONLY | constants.O_NONBLOCK);
  try {
    // The open file is checked, not the path, so that the checked file is the one that is read.
    const stats = fstatSync(descriptor);
    if (!stats.isFile()) throw new FileError(stats.isDirectory() ? 'EISDIR' : 'not a file');
    if (stats.size > maxBytes) throw new FileError('too large');
    return { text: readAll(descriptor, maxBytes), mode: stats.mode & 0o7777 };
  } finally {
    closeSync(descriptor);
  }
}

function readAll(descriptor: number, maxBytes: number): string {
  const buffer = Buffer.alloc(maxBytes + 1);
  let length = 0;
  while (length < buffer.length) {
    const count = readSync(descriptor, buffer, length, buffer.length - length, null);
    if (count === 0) return buffer.toString('utf8', 0, length);
    length += count;
  }
  throw new FileError('too large');
}
