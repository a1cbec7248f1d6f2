/** Seconds of CPU of processes, as Linux counts them; 0 on other systems. */
import { readFileSync } from 'node:fs';

/** How often Linux counts in a second. */
const TICKS = 100;

/** Seconds that the process `pid` has taken so far, without its children; 0 when it has ended. */
export function processSeconds(pid: number): number {
  const [user, system] = timesOf(String(pid));
  return user + system;
}

/** Seconds that the children of this process have taken which have ended. */
export function childSeconds(): number {
  const [, , user, system] = timesOf('self');
  return user + system;
}

/** User and system time of a process, then those of its children that have ended. */
function timesOf(
  process: string,
): readonly [user: number, system: number, childUser: number, childSystem: number] {
  try {
    // After the name of the command, which is in parentheses, the first field is the third of the line.
    const fields = readFileSync(`/proc/${process}/stat`, 'utf8').split(') ').at(-1)?.split(' ') ?? [];
    const seconds = (at: number): number => Number(fields[at - 3]) / TICKS;
    return [seconds(14), seconds(15), seconds(16), seconds(17)];
  } catch {
    return [0, 0, 0, 0];
  }
}
