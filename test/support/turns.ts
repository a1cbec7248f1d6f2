/**
 * Long tests that are alike take turns: each commit draws which of them runs in the gate, and the whole proof runs all of them.
 */
import { drawn } from './draw.ts';
import { proof } from './proof.ts';

/** Whether it is the turn of number `which`, from 0, of the `of` tests that are known together as `name`. */
export function isTurn(name: string, which: number, of: number): boolean {
  return proof === 'all' || drawn('turn', name).below(of) === which;
}
