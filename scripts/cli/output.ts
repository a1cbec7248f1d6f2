/** Writes to a stream no faster than it is read. A reader that goes away, such as `head`, ends the printing and nothing else. */
import { once } from 'node:events';

export interface Output {
  readonly write: (text: string | Uint8Array) => Promise<void>;
  /** Whether nobody reads any more. */
  readonly isClosed: () => boolean;
}

/**
 * Lets this process live on when nobody reads what it prints, as after `| head -1`: what a command does does not depend on who
 * reads along.
 */
export function outliveReaders(): void {
  for (const stream of [process.stdout, process.stderr])
    stream.on('error', (error: NodeJS.ErrnoException) => {
      if (error.code !== 'EPIPE') throw error;
    });
}

export function outputTo(stream: NodeJS.WriteStream): Output {
  let closed = false;
  stream.on('error', (error: NodeJS.ErrnoException) => {
    if (error.code !== 'EPIPE') throw error;
    closed = true;
  });
  return {
    write: async (text) => {
      if (closed || stream.write(text)) return;
      // A closed pipe never drains. What is not waited for any more is not listened to either.
      const waiting = new AbortController();
      const until = ['drain', 'close'].map((event) => once(stream, event, { signal: waiting.signal }));
      await Promise.race(until).catch(() => undefined);
      waiting.abort();
      await Promise.allSettled(until);
    },
    isClosed: () => closed,
  };
}
