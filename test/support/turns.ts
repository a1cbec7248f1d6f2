/**
 * Tests that are long and alike take turns: each commit draws one of them, and the whole proof holds all. Nobody needs to
 * name the one that waits for its turn: another commit draws it.
 */
import { drawn } from './draw.ts';
import { proof } from './proof.ts';

/** Whether it is the turn of number `which`, from 0, of the `of` tests that are known together as `name`. */
export function isTurn(name: string, which: number, of: number): boolean {
  return proof === 'all' || drawn('turn', name).below(of) === which;
}
