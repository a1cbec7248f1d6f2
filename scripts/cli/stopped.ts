/** How a command ends that a person stops: it says what stays and how to go on. */
import { constants } from 'node:os';
import { tell } from './command.ts';

const SIGNALS = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;

/**
 * When this process is asked to end, tells a text and ends with 128 and the number of the signal, as shells expect.
 * @param text is called then; it may tidy up
 * @returns what takes this back
 */
export function whenStopped(text: () => string): () => void {
  const stops = SIGNALS.map((signal) => {
    const stop = (): void => {
      tell(text());
      // The work may be stopped at any moment: what a run had not published is done again by the next process.
      process.exit(128 + constants.signals[signal]);
    };
    process.once(signal, stop);
    return () => process.removeListener(signal, stop);
  });
  return () => {
    for (const remove of stops) remove();
  };
}

/** {@link whenStopped} for a command that loads files: they are archived first, and a second load goes on. */
export async function loadingUnlessStopped<T>(load: () => Promise<T>): Promise<T> {
  const takeBack = whenStopped(() => 'Stopped. What is loaded stays; the same command goes on with the rest');
  try {
    return await load();
  } finally {
    takeBack();
  }
}
