/** Two versions of the code on one home: the process that works on it, and a command that asks it for work. */
import { codeOf } from '../../functions/steps/probe.ts';
import type { Client } from '../../functions/targets/client.ts';
import { tell } from './command.ts';

export interface OtherCodeFlags {
  readonly allowOtherCode?: boolean;
}

/**
 * Looks whether another process would do the work with other tables, queries or definitions than this command has.
 * @throws Error when it would, and the person has not allowed it
 */
export function refuseOtherCode(
  { holder, codeAtWork, registry }: Pick<Client, 'holder' | 'codeAtWork' | 'registry'>,
  { allowOtherCode }: OtherCodeFlags,
): void {
  const other = holder?.();
  const code = codeAtWork?.();
  if (other === undefined || code === undefined || code === codeOf(registry)) return;
  const what = `${other} works on this home with other code than this command: queries or definitions of tables differ, and what it builds is of its own code`;
  if (allowOtherCode !== true)
    throw new Error(`${what}. End that process and ask again, or pass --allow-other-code`);
  tell(what);
}
