/** Waits for another process to say something: tells whom it waits for, and does not wait without an end. */
import type { Socket } from 'node:net';
import { lockHolder } from '../../../shared/adapters/embedded/worker-lock.ts';

/** Milliseconds without a word after which a person is told whom the command waits for. */
const TELL_MS = 3000;
/** Milliseconds without a word after which the other process must show that it is still there. */
const SILENCE_MS = 60_000;

/** Tells a person something that is not the answer of the command. */
export type Say = (text: string) => void;

/** Says each text only once. */
export function once(say: Say | undefined): Say {
  const said = new Set<string>();
  return (text) => {
    if (!said.has(text)) say?.(text);
    said.add(text);
  };
}

/**
 * What comes from a socket of a home. The time counts while something is waited for, and not while it is read.
 * @param isThere whether the other process still answers; asked after each minute of silence
 * @throws Error from the iterator when it does not
 */
export async function* heard(
  socket: Socket,
  home: string,
  say: Say,
  isThere: () => Promise<boolean>,
): AsyncGenerator<Uint8Array> {
  let timers: NodeJS.Timeout[] = [];
  const rest = (): void => {
    for (const timer of timers) clearTimeout(timer);
    timers = [];
  };
  const wait = (): void => {
    rest();
    timers = [
      setTimeout(() => say(`waiting for the answer of ${lockHolder(home)}, which has ${home}`), TELL_MS),
      setTimeout(() => void waitOrEnd(), SILENCE_MS),
    ];
  };
  const waitOrEnd = async (): Promise<void> => {
    const waited = timers;
    const isSilent = !(await isThere());
    // Something has come meanwhile, or nobody waits any more.
    if (timers !== waited) return;
    if (!isSilent) return wait();
    socket.destroy(
      new Error(
        `${lockHolder(home)} has ${home} and has said nothing for ${SILENCE_MS / 1000} s; look whether it is stopped, or end it and ask again`,
      ),
    );
  };
  try {
    wait();
    for await (const chunk of socket as AsyncIterable<Uint8Array>) {
      rest();
      yield chunk;
      wait();
    }
  } finally {
    rest();
  }
}
