/** The id of a plan: what would run, and the state that this was judged from. */
import { evaluate } from '../../shared/domain/evaluation.ts';
import { digest } from '../../shared/domain/hash.ts';
import { stateOf } from '../../shared/domain/view.ts';
import type { PlannedRequest } from './plan.ts';

/** Digits of the id of a plan. */
const DIGITS = 12;

/**
 * Digest of a planned request: its options, each partition that it builds with what it would be built from and what is published of
 * it, and what is missing. Two plans with one id run the same and start from the same. Who asks, and in how many batches, is no part of it.
 */
export function planIdOf({ plan, request, view, fetched }: PlannedRequest): string {
  const { requestedBy: _by, maxInFlight: _batches, ...asked } = request;
  const evaluation = evaluate(view);
  const partitions = plan.batches
    .flatMap(({ table, dates }) => dates.map((date) => ({ table, date })))
    .map(({ table, date }) => {
      const { status, revision, token, outputFingerprint } = stateOf(view, table, date) ?? {};
      const { inputFingerprint, inputVersion } = evaluation.inputsSeen(view.registry.get(table), date);
      return [table, date, inputFingerprint, inputVersion, status, revision, token, outputFingerprint].join(
        ' ',
      );
    })
    .sort();
  const missing = plan.missing.map(({ table, dates }) => `${table} ${dates.join(' ')}`).sort();
  return digest(JSON.stringify([asked, partitions, missing, fetched]), DIGITS);
}

/** Why a request that expects a plan is refused when the plan is another one by now. */
export function otherPlanText(expected: string, now: string): string {
  return `the plan is not ${expected} any more, it is ${now}: something has changed since it was made; look at it with \`fullcourt plan\`, then repeat the request with its id`;
}
