/**
 * How much a run of the tests proves: `small` is `npm test`, every promise once on small worlds; `ci` is what a change must
 * pass and what a file runs by itself; `all` leaves nothing to the draw. `FULLCOURT_PROOF` says which.
 */
const PROOFS = ['small', 'ci', 'all'] as const;
export type Proof = (typeof PROOFS)[number];

/** @throws Error when `FULLCOURT_PROOF` is none of the three */
export function readProof(text: string | undefined): Proof {
  const found = PROOFS.find((proof) => proof === (text ?? 'ci'));
  if (found === undefined) throw new Error(`FULLCOURT_PROOF is ${text}; it can be ${PROOFS.join(', ')}`);
  return found;
}

export const proof: Proof = readProof(process.env['FULLCOURT_PROOF']);

/** The one of the three that this run is about, such as a number of dates. */
export function byProof<T>(amounts: Readonly<Record<Proof, T>>): T {
  return amounts[proof];
}
